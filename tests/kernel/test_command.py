"""Commands: one durable transaction, on behalf of one actor, once under a key. On committed data."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from linli import clock
from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Delivery, Done, Event
from linli.kernel.refusal import Conflict, Refusal
from tests.kernel import lamps
from tests.kernel.lamps import ANN, AT, BEN, Lamp, at_once, hung


@command("lamps.hang_by_another")
def hang_by_another(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None) -> Event:
    return lamps.hang(by=by, at=at)


@command("lamps.look_at_both")
def look_at_both(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, first: int, then: int
) -> Event:
    for lamp in (first, then):
        found = Lamp.objects.select_for_update().get(pk=lamp)
        lamps.pause()
    return record(found, lamps.SWITCHED, by=by.ref, at=at, cause=cause, body={}, changes={})


def _unregistered(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None) -> Event:
    raise AssertionError("only its signature is looked at")


def _without_key(*, by: Actor, at: datetime, cause: str | None = None) -> Event:
    raise AssertionError("only its signature is looked at")


def _by_position(lamp: int, *, by: Actor, at: datetime, cause: str | None, key: str | None) -> Event:
    raise AssertionError("only its signature is looked at")


@pytest.mark.parametrize("function", [_without_key, _by_position])
def test_a_command_takes_by_at_cause_and_key_by_keyword(function: Callable[..., Event]) -> None:
    with pytest.raises(TypeError):
        command("lamps.odd")(function)


def test_two_commands_never_share_a_name() -> None:
    with pytest.raises(TypeError):
        command("lamps.switch")(_unregistered)


def test_the_same_key_gives_the_first_event_and_does_nothing(district: str) -> None:
    lamp = hung()
    first = lamps.switch(by=ANN, at=AT, key="a", lamp=lamp)
    again = lamps.switch(by=ANN, at=AT + timedelta(days=1), key="a", lamp=lamp)
    assert again == first and again.digest == first.digest
    assert Lamp.objects.get(pk=lamp).version == 2
    assert Event.objects.count() == 2


def test_the_same_key_with_other_content_is_refused(district: str) -> None:
    lamp, other = hung(), hung()
    lamps.switch(by=ANN, at=AT, key="a", lamp=lamp)
    for run, content in ((lamps.switch, {"lamp": other}), (lamps.light, {"lamp": lamp})):
        with pytest.raises(Conflict) as refused:
            run(by=ANN, at=AT, key="a", **content)
        assert refused.value.code == "key_reused"
    assert Lamp.objects.get(pk=other).version == 1


def test_a_key_is_the_actors_own(district: str) -> None:
    lamp = hung()
    first = lamps.switch(by=ANN, at=AT, key="a", lamp=lamp)
    second = lamps.switch(by=BEN, at=AT, key="a", lamp=lamp)
    assert first != second
    assert second.by == "party:8"


def test_a_refusal_is_not_kept(district: str) -> None:
    lamp = hung()
    lamps.light(by=ANN, at=AT, key="a", lamp=lamp)
    with pytest.raises(Refusal):
        lamps.light(by=ANN, at=AT, key="b", lamp=lamp)
    lamps.switch(by=ANN, at=AT, lamp=lamp)
    assert lamps.light(by=ANN, at=AT, key="b", lamp=lamp).seq == 4


def test_what_is_refused_leaves_nothing_behind(district: str) -> None:
    hung("by the door")
    before = Event.objects.count(), Lamp.objects.count(), Delivery.objects.count()
    with pytest.raises(Refusal):
        lamps.hang(by=ANN, at=AT, key="a", label="by the door")
    assert before == (Event.objects.count(), Lamp.objects.count(), Delivery.objects.count())
    assert not Done.objects.exists()


@pytest.mark.parametrize("label", ["a\0b", "\ud800"])
def test_text_that_no_database_holds_is_refused_in_words(district: str, label: str) -> None:
    with pytest.raises(Refusal) as refused:
        lamps.hang(by=ANN, at=AT, key="a", label=label)
    assert refused.value.code == "unprintable"


def test_what_was_asked_cannot_be_guessed_from_what_is_kept(district: str) -> None:
    lamps.hang(by=ANN, at=AT, key="a", label="19900460001")
    lamps.hang(by=BEN, at=AT, key="b", note="19900460001")
    kept = {bytes(done.digest) for done in Done.objects.all()}
    assert len(kept) == 2
    assert all(len(digest) == 32 for digest in kept)


def test_a_command_never_calls_a_command(district: str) -> None:
    with pytest.raises(RuntimeError):
        hang_by_another(by=ANN, at=AT)


def test_keys_are_forgotten_after_ninety_days(district: str) -> None:
    lamp = hung()
    first = lamps.switch(by=ANN, at=AT, key="a", lamp=lamp)
    clock.forget_keys(AT + timedelta(days=90))
    assert lamps.switch(by=ANN, at=AT, key="a", lamp=lamp) == first
    clock.forget_keys(AT + timedelta(days=90, seconds=1))
    assert lamps.switch(by=ANN, at=AT, key="a", lamp=lamp) != first


# two at once


def _meeting(run: Callable[[], Event], where: Callable[[], None]) -> Callable[[], Event]:
    def met() -> Event:
        lamps.local.pause = where
        return run()

    return met


def test_two_at_once_under_one_key_are_one(district: str) -> None:
    lamp = hung()
    for run in (
        lambda: lamps.switch(by=ANN, at=AT, key="switch", lamp=lamp),
        lambda: lamps.hang(by=ANN, at=AT, key="hang"),
        lambda: lamps.hang(by=ANN, at=AT, key="label", label="by the door"),
    ):
        before, there = Event.objects.count(), lamps.meeting(2)
        first, second = at_once(district, _meeting(run, there), _meeting(run, there))
        assert isinstance(first, Event) and first == second
        assert Event.objects.count() == before + 1


def test_a_rule_that_the_twin_has_just_broken_does_not_refuse(district: str) -> None:
    """Both look for the key in vain, the one lights the lamp, the other then finds it lit: it was its own wish."""
    lamp = hung()
    lit: list[Event] = []

    def let_the_twin_go_first() -> None:
        if not lit:
            lamps.local.pause = lambda: None
            lit.extend(event for event in at_once(district, run) if isinstance(event, Event))

    def run() -> Event:
        return lamps.light(by=ANN, at=AT, key="a", lamp=lamp)

    (answer,) = at_once(district, _meeting(run, let_the_twin_go_first))
    assert [answer] == lit
    assert Lamp.objects.get(pk=lamp).version == 2


def test_of_two_who_change_one_lamp_one_wins(district: str) -> None:
    lamp = hung()
    there = lamps.meeting(2)
    answers = at_once(
        district,
        _meeting(lambda: lamps.switch(by=ANN, at=AT, lamp=lamp), there),
        _meeting(lambda: lamps.switch(by=BEN, at=AT, key="b", lamp=lamp), there),
    )
    (winner,) = [answer for answer in answers if isinstance(answer, Event)]
    (loser,) = [answer for answer in answers if isinstance(answer, Conflict)]
    assert winner.seq == 2
    assert (loser.code, loser.data, loser.status) == ("stale", {"version": 2}, 409)


def test_who_loses_against_a_constraint_hears_of_it_in_words(district: str) -> None:
    there = lamps.meeting(2)
    answers = at_once(
        district,
        _meeting(lambda: lamps.hang(by=ANN, at=AT, key="a", label="by the door"), there),
        _meeting(lambda: lamps.hang(by=BEN, at=AT, label="by the door"), there),
    )
    assert sum(isinstance(answer, Event) for answer in answers) == 1
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["lamps.taken"]


def test_who_waits_for_each_other_tries_again(district: str) -> None:
    """A deadlock is nobody's fault: the one whom the database sends away simply asks once more."""
    one, two = hung(), hung()
    there = lamps.meeting(2)
    answers = at_once(
        district,
        _meeting(lambda: look_at_both(by=ANN, at=AT, first=one, then=two), there),
        _meeting(lambda: look_at_both(by=BEN, at=AT, first=two, then=one), there),
    )
    assert all(isinstance(answer, Event) for answer in answers)
