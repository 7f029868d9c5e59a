"""Signing in by password and by code, registering, lock-out."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from linli.kernel.actor import SYSTEM
from linli.kernel.audit import audit
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal, TooMany, Unauthenticated
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.people import identity, locks
from linli.people.commands import (
    change_my_phone,
    close_account,
    end_sessions,
    forget_old_sign_ins,
    mark_used,
    request_code,
    self_register,
    set_password,
    sign_in_with_code,
    sign_in_with_password,
    sign_out,
)
from linli.people.commands.sign_in import Visit
from linli.people.models import Party, Session, SignInCode, SignInFailure
from linli.people.queries import actor_of, actor_of_token, signed_in
from tests.people.conftest import Sent
from tests.people.counting import CountingHasher
from tests.people.town import AT, PASSWORD, VISIT, Town, account, fresh_phone, holder, later, person

PHONE = "13900006666"
ELSEWHERE = Visit("198.51.100.9")


@pytest.fixture
def resident(town: Town) -> int:
    party = person(phone=PHONE, home=town.east_building)
    account(party)
    return party


def wrong_passwords(times: int, phone: str = PHONE, visit: Visit = VISIT) -> list[str]:
    codes = []
    for _ in range(times):
        with pytest.raises(Refusal) as refused:
            sign_in_with_password(at=AT, visit=visit, phone=phone, password="wrong-password")
        codes.append(refused.value.code)
    return codes


def test_a_password_opens_a_session(resident: int) -> None:
    opened = sign_in_with_password(at=AT, visit=VISIT, phone="+86 139-0000-6666", password=PASSWORD)
    assert actor_of_token(opened.token, AT).party == resident
    with scope(SYSTEM):
        kept = Session.objects.get(id=opened.session)
    assert opened.token.encode() not in bytes(kept.token_hash)
    assert (kept.channel, kept.device) == ("web", "android")
    event = Event.objects.get(name="people.session.opened")
    assert event.body == {"session": opened.session, "channel": "web", "with": "password", "totp": False}
    assert event.by == f"party:{resident}"
    assert opened.token not in repr(opened)


def test_who_is_behind_a_token_takes_two_statements(resident: int, town: Town) -> None:
    opened = sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD)
    with CaptureQueriesContext(connection) as captured:
        signed_in(opened.token, AT)
    statements = [query["sql"] for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == 2


def test_a_refusal_does_not_tell_whether_the_phone_is_known(resident: int) -> None:
    assert wrong_passwords(7) == ["people.wrong_credentials"] * 4 + ["people.locked"] * 3
    assert wrong_passwords(7, fresh_phone(), ELSEWHERE) == ["people.wrong_credentials"] * 4 + ["people.locked"] * 3


def test_an_unknown_phone_costs_the_same_work(resident: int) -> None:
    with override_settings(PASSWORD_HASHERS=["tests.people.counting.CountingHasher"]):
        set_password(by=SYSTEM, at=AT, party=resident, password=PASSWORD)
        work = []
        for phone in (PHONE, fresh_phone()):
            before = CountingHasher.worked
            wrong_passwords(1, phone)
            work.append(CountingHasher.worked - before)
    assert work[0] == work[1] > 0


def test_the_right_password_does_not_open_a_lock_until_it_is_over(resident: int) -> None:
    wrong_passwords(5)
    with pytest.raises(TooMany) as locked:
        sign_in_with_password(at=later(minutes=14), visit=ELSEWHERE, phone=PHONE, password=PASSWORD)
    assert locked.value.data == {"minutes": 1, "seconds": 60}
    sign_in_with_password(at=later(minutes=15), visit=VISIT, phone=PHONE, password=PASSWORD)
    assert wrong_passwords(1) == ["people.wrong_credentials"]  # it begins anew


def test_a_locked_password_leaves_signing_in_by_code_open(resident: int, sent: Sent) -> None:
    wrong_passwords(5)
    request_code(at=AT, visit=VISIT, phone=PHONE)
    assert sign_in_with_code(at=AT, visit=VISIT, phone=PHONE, code=sent.code()).party == resident


def test_an_address_that_tries_many_phones_is_locked(resident: int) -> None:
    for _ in range(29):
        wrong_passwords(1, fresh_phone())
    sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD)  # does not count
    assert wrong_passwords(2, fresh_phone()) == ["people.locked"] * 2
    with pytest.raises(TooMany):
        sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD)
    sign_in_with_password(at=AT, visit=ELSEWHERE, phone=PHONE, password=PASSWORD)


def test_no_plain_phone_or_address_is_kept(resident: int) -> None:
    wrong_passwords(1)
    request_code(at=AT, visit=VISIT, phone=PHONE)
    with connection.cursor() as cursor, scope(SYSTEM):
        for table in ("people_signinfailure", "people_signincode", "people_account", "people_session", "people_party"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            told = " ".join(row[0] for row in cursor.fetchall())
            assert PHONE.encode().hex() not in told and PHONE not in told
            assert VISIT.address not in told and VISIT.address.encode().hex() not in told


def at_once(passwords: list[str]) -> list[str]:
    """What many who try at the same moment are told, in order."""

    def attempt(password: str) -> str:
        with tenants.district("990001"):
            try:
                sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=password)
            except Refusal as refused:
                return refused.code
            finally:
                connection.close()
        return "signed in"

    with ThreadPoolExecutor(8) as threads:
        return sorted(threads.map(attempt, passwords))


def test_guesses_at_once_are_all_counted(resident: int) -> None:
    assert at_once(["wrong-password"] * 12) == ["people.locked"] * 8 + ["people.wrong_credentials"] * 4
    assert at_once([PASSWORD]) == ["people.locked"]


def test_many_devices_sign_in_at_once(resident: int) -> None:
    assert at_once([PASSWORD] * 40) == ["signed in"] * 40
    assert audit().findings == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:7::1", "2001:db8::7:1:2:3:4", True),
        ("2001:db8:0:7::1", "2001:db8:0:8::1", False),
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "unknown", True),
    ],
)
def test_which_addresses_count_together(town: Town, one: str, other: str, same: bool) -> None:
    assert (locks.from_address(one) == locks.from_address(other)) is same


def test_failures_are_counted_across_processes(resident: int) -> None:
    program = """
        import django
        django.setup()
        from datetime import datetime
        from linli.kernel.refusal import Refusal
        from linli.kernel.registry import tenants
        from linli.people.commands import sign_in_with_password
        from linli.people.commands.sign_in import Visit
        with tenants.district("990001"):
            for _ in range(3):
                try:
                    sign_in_with_password(
                        at=datetime.fromisoformat("%s"), visit=Visit("203.0.113.8"), phone="%s", password="no-no-no"
                    )
                except Refusal as refused:
                    print(refused.code)
    """
    script = textwrap.dedent(program) % (AT.isoformat(), PHONE)
    said = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert said == [["people.wrong_credentials"] * 3, ["people.wrong_credentials", "people.locked", "people.locked"]]
    assert wrong_passwords(1) == ["people.locked"]


def test_a_code_signs_in_once(resident: int, sent: Sent) -> None:
    request_code(at=AT, visit=VISIT, phone=PHONE)
    code = sent.code()
    opened = sign_in_with_code(at=later(minutes=4), visit=VISIT, phone=PHONE, code=f" {code} ")
    assert opened.party == resident
    with pytest.raises(Unauthenticated, match="code_expired"):
        sign_in_with_code(at=later(minutes=4), visit=VISIT, phone=PHONE, code=code)


def test_a_code_lives_five_minutes_and_five_tries(resident: int, sent: Sent) -> None:
    request_code(at=AT, visit=VISIT, phone=PHONE)
    code = sent.code()
    with pytest.raises(Unauthenticated, match="code_expired"):
        sign_in_with_code(at=later(minutes=5), visit=VISIT, phone=PHONE, code=code)
    request_code(at=later(minutes=6), visit=VISIT, phone=PHONE)
    code = sent.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refused = []
    for _ in range(4):
        with pytest.raises(Refusal) as error:
            sign_in_with_code(at=later(minutes=6), visit=VISIT, phone=PHONE, code=wrong)
        refused.append(error.value.code)
    assert refused == ["people.wrong_code"] * 3 + ["people.locked"]


def test_only_the_last_code_counts(resident: int, sent: Sent) -> None:
    request_code(at=AT, visit=VISIT, phone=PHONE)
    first = sent.code()
    request_code(at=later(minutes=1), visit=VISIT, phone=PHONE)
    second = sent.code()
    if first != second:
        with pytest.raises(Unauthenticated, match="wrong_code"):
            sign_in_with_code(at=later(minutes=1), visit=VISIT, phone=PHONE, code=first)
    assert sign_in_with_code(at=later(minutes=1), visit=VISIT, phone=PHONE, code=second).party == resident


def test_codes_are_not_sent_without_end(resident: int) -> None:
    request_code(at=AT, visit=VISIT, phone=PHONE)
    with pytest.raises(TooMany) as soon:
        request_code(at=later(seconds=20), visit=ELSEWHERE, phone=PHONE)
    assert soon.value.data == {"seconds": 41}
    for minute in range(1, 5):
        request_code(at=later(minutes=minute), visit=VISIT, phone=PHONE)
    with pytest.raises(TooMany):
        request_code(at=later(minutes=9), visit=VISIT, phone=PHONE)
    for _ in range(25):
        request_code(at=later(minutes=9), visit=VISIT, phone=fresh_phone())
    with pytest.raises(TooMany):
        request_code(at=later(minutes=9), visit=VISIT, phone=fresh_phone())


def proven(phone: str, sent: Sent) -> str:
    """The ticket for a phone that is not registered yet."""
    request_code(at=AT, visit=VISIT, phone=phone)
    with pytest.raises(Missing, match="not_registered") as unknown:
        sign_in_with_code(at=AT, visit=VISIT, phone=phone, code=sent.code())
    return str(unknown.value.data["ticket"])


def test_a_resident_registers(town: Town, sent: Sent) -> None:
    entry = {"ticket": proven("13900007777", sent), "name": "周新", "home": town.east_building, "of_age": True}
    bad = [
        ({"of_age": False}, "people.guardian_needed"),
        ({"home": 999_999}, "not_found"),
        ({"name": " "}, "people.bad_name"),
        ({"ticket": "bm9uc2Vuc2U="}, "people.sign_in_again"),
        ({"ticket": "none"}, "people.sign_in_again"),
        ({"at": later(minutes=31)}, "people.sign_in_again"),
        ({"at": later(minutes=-1)}, "people.sign_in_again"),
    ]
    for fields, code in bad:
        with pytest.raises(Refusal) as refused:
            self_register(**({"at": AT, "visit": VISIT} | entry | fields))
        assert refused.value.code == code
    opened = self_register(at=later(minutes=29), visit=VISIT, **entry)
    assert actor_of_token(opened.token, later(minutes=29)).party == opened.party
    chain = Event.objects.filter(subject=f"party:{opened.party}").order_by("seq")
    assert [event.name for event in chain] == [
        "people.party.registered",
        "people.account.opened",
        "people.session.opened",
    ]
    assert {event.by for event in chain} == {f"party:{opened.party}"}
    with pytest.raises(Conflict, match="registered_already"):
        self_register(at=AT, visit=VISIT, **entry)
    assert "13900007777" not in str(entry["ticket"])
    assert audit().findings == ()


def test_whom_the_desk_knew_already_is_the_same_person(town: Town, sent: Sent) -> None:
    known = person("周 新", phone="13900007778", home=town.west_building)
    other = person("周旧", phone="13900007779", home=town.west_building)
    registered = [
        self_register(
            at=AT, visit=VISIT, ticket=proven(phone, sent), name="周新", home=town.east_building, of_age=True
        ).party
        for phone in ("13900007778", "13900007779")
    ]
    assert registered[0] == known
    assert registered[1] not in (known, other)


def test_a_closed_account_does_not_sign_in_by_code(resident: int, town: Town, sent: Sent) -> None:
    close_account(by=town.administrator, at=AT, party=resident)
    request_code(at=AT, visit=VISIT, phone=PHONE)
    with pytest.raises(Unauthenticated, match="account_closed"):
        sign_in_with_code(at=AT, visit=VISIT, phone=PHONE, code=sent.code())


def test_moving_to_another_phone(resident: int, sent: Sent) -> None:
    request_code(at=AT, visit=VISIT, phone="13900007780")
    change_my_phone(by=actor_of(resident, AT), at=AT, visit=VISIT, phone="13900007780", code=sent.code())
    sign_in_with_password(at=AT, visit=VISIT, phone="13900007780", password=PASSWORD)
    assert wrong_passwords(1) == ["people.wrong_credentials"]
    with scope(SYSTEM):
        assert identity.phone_of(Party.objects.get(id=resident)) == "13900007780"


def test_sessions_end(resident: int, town: Town) -> None:
    here, there, third = [
        sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD) for _ in range(3)
    ]  # fmt: skip
    me = actor_of(resident, AT)
    sign_out(by=me, at=AT, token=here.token)
    sign_out(by=me, at=AT, token="unknown")
    assert actor_of_token(here.token, AT).role == "nobody"
    stranger = holder("grid_worker", town.east_grid)
    with pytest.raises(Missing):
        end_sessions(by=stranger, at=AT, session=there.session)
    with pytest.raises(Missing):
        end_sessions(by=stranger, at=AT, party=resident)
    end_sessions(by=me, at=AT, keep=there.session)
    assert [actor_of_token(one.token, AT).party for one in (there, third)] == [resident, None]
    end_sessions(by=town.administrator, at=AT, party=resident)
    assert actor_of_token(there.token, AT).party is None


def test_sessions_grow_old(resident: int) -> None:
    opened = sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD)
    assert signed_in(opened.token, later(days=14)) is not None
    assert signed_in(opened.token, later(days=15)) is None  # idle
    found = signed_in(opened.token, later(days=10))
    assert found is not None and found.unmarked
    mark_used(found.session, later(days=10))
    found = signed_in(opened.token, later(days=10))
    assert found is not None and not found.unmarked
    mark_used(opened.session, later(days=20))
    assert signed_in(opened.token, later(days=29)) is not None
    assert signed_in(opened.token, later(days=30)) is None


def test_traces_of_signing_in_are_forgotten(resident: int) -> None:
    opened = sign_in_with_password(at=AT, visit=VISIT, phone=PHONE, password=PASSWORD)
    wrong_passwords(1)
    request_code(at=AT, visit=VISIT, phone=PHONE)
    forget_old_sign_ins(AT + timedelta(hours=23))
    with scope(SYSTEM):
        assert SignInFailure.objects.exists() and SignInCode.objects.exists()
    forget_old_sign_ins(AT + timedelta(days=1))
    with scope(SYSTEM):
        assert not SignInFailure.objects.exists() and not SignInCode.objects.exists()
        assert Session.objects.filter(id=opened.session).exists()
    forget_old_sign_ins(AT + timedelta(days=130))
    with scope(SYSTEM):
        assert not Session.objects.exists()


@pytest.mark.parametrize("phone", ["", "12345", "没有号码", "1390000"])
def test_what_is_no_phone(town: Town, phone: str) -> None:
    with pytest.raises(Refusal, match="bad_phone"):
        request_code(at=AT, visit=VISIT, phone=phone)
