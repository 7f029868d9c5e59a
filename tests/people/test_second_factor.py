"""The second factor: switched on by who wants it, then asked for at every sign-in."""

import base64
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal, TooMany, Unauthenticated
from linli.kernel.scope import scope
from linli.people.commands import (
    close_account,
    offer_totp,
    request_code,
    sign_in_with_code,
    sign_in_with_password,
    sign_in_with_totp,
    switch_totp_off,
    switch_totp_on,
)
from linli.people.commands.sessions import Opened
from linli.people.models import Account
from linli.people.queries import actor_of
from tests.people.conftest import Sent
from tests.people.town import AT, PASSWORD, VISIT, Town, account, holder, later, person

PHONE = "13900005151"


class App:
    """An authenticator app on somebody's phone."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)

    def code(self, at: datetime) -> str:
        return self._totp.generate(int(at.timestamp())).decode()

    def wrong(self, at: datetime) -> str:
        near = {self.code(at.fromtimestamp(at.timestamp() + drift, at.tzinfo)) for drift in (-30, 0, 30)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


@pytest.fixture
def worker(town: Town) -> Actor:
    party = person("李工", phone=PHONE, home=town.east_grid, kind="staff")
    account(party)
    return actor_of(party, AT)


def switched_on(worker: Actor) -> tuple[App, tuple[str, ...]]:
    app = App(offer_totp(by=worker, at=AT).secret)
    return app, switch_totp_on(by=worker, at=AT, code=app.code(AT)).recovery_codes


def sign_in(at: datetime, totp: str | None = None) -> Opened:
    return sign_in_with_password(at=at, visit=VISIT, phone=PHONE, password=PASSWORD, totp=totp)


def test_it_counts_once_it_is_confirmed(worker: Actor) -> None:
    offer = offer_totp(by=worker, at=AT)
    app = App(offer.secret)
    assert offer.address.startswith("otpauth://totp/") and "13900005151" not in offer.address
    sign_in(AT)  # not yet asked for
    with pytest.raises(Refusal, match="wrong_totp"):
        switch_totp_on(by=worker, at=AT, code=app.wrong(AT))
    switched = switch_totp_on(by=worker, at=AT, code=app.code(AT))
    assert len(switched.recovery_codes) == 8
    with pytest.raises(Unauthenticated, match="totp_needed"):
        sign_in(AT)
    with scope(SYSTEM):
        kept = Account.objects.get(party_id=worker.party)
    assert base64.b32decode(offer.secret) not in bytes(kept.totp_secret or b"")
    assert not set(switched.recovery_codes) & set(kept.recovery_codes)
    for again in (lambda: offer_totp(by=worker, at=AT), lambda: switch_totp_on(by=worker, at=AT, code=app.code(AT))):
        with pytest.raises(Conflict, match="totp_on_already"):
            again()


def test_nothing_to_confirm_without_an_offer(worker: Actor) -> None:
    with pytest.raises(Refusal, match="totp_not_offered"):
        switch_totp_on(by=worker, at=AT, code="123456")


def test_a_code_signs_in_once_in_one_step(worker: Actor) -> None:
    app, _ = switched_on(worker)
    with pytest.raises(Unauthenticated, match="wrong_totp"):
        sign_in(AT, app.code(AT))  # the one that switched it on
    at = later(minutes=1)
    sign_in(at, app.code(at))
    with pytest.raises(Unauthenticated, match="wrong_totp"):
        sign_in(at, app.code(at))
    last = Event.objects.filter(name="people.session.opened").latest("seq")
    assert last.body["totp"]


def test_a_ticket_leads_to_the_second_step(worker: Actor) -> None:
    app, _ = switched_on(worker)
    at = later(minutes=1)
    with pytest.raises(Unauthenticated) as needed:
        sign_in(at)
    ticket = needed.value.data["ticket"]
    with pytest.raises(Unauthenticated, match="wrong_totp"):
        sign_in_with_totp(at=at, visit=VISIT, ticket=ticket, totp=app.wrong(at))
    assert sign_in_with_totp(at=at, visit=VISIT, ticket=ticket, totp=app.code(at)).party == worker.party
    too_late = later(minutes=7)
    for bad, when in ((ticket, too_late), (ticket, AT), (ticket + "x", at), ("", at)):
        with pytest.raises(Unauthenticated, match="sign_in_again"):
            sign_in_with_totp(at=when, visit=VISIT, ticket=bad, totp=app.code(too_late))


def test_a_ticket_of_a_closed_account_leads_nowhere(worker: Actor, town: Town) -> None:
    app, _ = switched_on(worker)
    with pytest.raises(Unauthenticated) as needed:
        sign_in(later(minutes=1))
    close_account(by=town.administrator, at=later(minutes=1), party=worker.party)
    with pytest.raises(Unauthenticated, match="sign_in_again"):
        sign_in_with_totp(
            at=later(minutes=1), visit=VISIT, ticket=needed.value.data["ticket"], totp=app.code(later(minutes=1))
        )


def test_it_is_asked_for_after_a_code_too(worker: Actor, sent: Sent) -> None:
    app, _ = switched_on(worker)
    at = later(minutes=1)
    request_code(at=at, visit=VISIT, phone=PHONE)
    with pytest.raises(Unauthenticated, match="totp_needed") as needed:
        sign_in_with_code(at=at, visit=VISIT, phone=PHONE, code=sent.code())
    sign_in_with_totp(at=at, visit=VISIT, ticket=needed.value.data["ticket"], totp=app.code(at))


def test_guessing_it_locks(worker: Actor) -> None:
    app, _ = switched_on(worker)
    at = later(minutes=1)
    refused = []
    for _ in range(6):
        with pytest.raises(Refusal) as error:
            sign_in(at, app.wrong(at))
        refused.append(error.value.code)
    assert refused == ["people.wrong_totp"] * 4 + ["people.locked"] * 2
    with pytest.raises(TooMany):
        sign_in(at, app.code(at))
    after = later(minutes=16)
    sign_in(after, app.code(after))


def test_a_recovery_code_is_good_once(worker: Actor) -> None:
    _, codes = switched_on(worker)
    sign_in(later(minutes=1), f" {codes[0].upper()} ")
    assert Event.objects.get(name="people.recovery_code.used").body == {"left": 7}
    with pytest.raises(Unauthenticated, match="wrong_totp"):
        sign_in(later(minutes=1), codes[0])
    sign_in(later(minutes=1), codes[1].replace("-", ""))


def test_switching_it_off_takes_a_last_code(worker: Actor) -> None:
    app, _ = switched_on(worker)
    at = later(minutes=1)
    with pytest.raises(Refusal, match="wrong_totp"):
        switch_totp_off(by=worker, at=at, code=app.wrong(at))
    switch_totp_off(by=worker, at=at, code=app.code(at))
    sign_in(at)
    with pytest.raises(Refusal, match="wrong_totp"):
        switch_totp_off(by=worker, at=at, code=app.code(later(minutes=2)))


def test_the_administrator_helps_who_lost_it(worker: Actor, town: Town) -> None:
    switched_on(worker)
    for stranger in (holder("community_desk", town.north), actor_of(person(), AT)):
        with pytest.raises(Missing):
            switch_totp_off(by=stranger, at=AT, party=worker.party)
    switch_totp_off(by=town.administrator, at=AT, party=worker.party)
    sign_in(AT)
    with pytest.raises(Conflict, match="totp_off_already"):
        switch_totp_off(by=town.administrator, at=AT, party=worker.party)
