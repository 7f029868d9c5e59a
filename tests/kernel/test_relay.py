"""The relay: nothing lost, nothing twice, in order per subject; what fails holds up its own subject only."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from linli.kernel import consumers, relay
from linli.kernel.actor import POLICY
from linli.kernel.models import Consumer, Delivery, Event
from linli.kernel.refusal import Refusal
from linli.kernel.registry import tenants
from tests.installation import DISTRICT
from tests.kernel import lamps
from tests.kernel.lamps import (
    AT,
    SWITCHED,
    Seen,
    Tally,
    Word,
    assert_each_once_and_in_order,
    at_once,
    hung,
    listening,
    seen,
    switched,
)

LATER = AT + timedelta(minutes=5)


def test_every_event_arrives_once_and_in_order(district: str) -> None:
    with listening():
        relay.introduce()
        one, two = hung(), hung()
        switched(one, 3)
        switched(two, 2)
        switched(one)
        assert relay.drain(AT) == 8
        assert relay.drain(AT) == 0
    assert_each_once_and_in_order()
    assert not Delivery.objects.exists()


def test_a_round_has_a_limit_for_each_consumer(district: str) -> None:
    with listening(), listening(_note, name="lamps.noted", clears=_forget_notes):
        relay.introduce()
        switched(hung(), 9)
        assert relay.deliver(AT, limit=4) == 8
        assert Delivery.objects.filter(consumer="lamps.counts").count() == 6
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_districts_keep_to_themselves(district: str) -> None:
    with listening():
        relay.introduce()
        hung()
        with tenants.district(DISTRICT):
            assert not Delivery.objects.filter(consumer="lamps.counts").exists()
        assert relay.drain(AT) == 1


def test_several_relays_at_once_deliver_each_event_once_and_in_order(district: str) -> None:
    with listening():
        relay.introduce()
        lamp_ids = [hung() for _ in range(3)]

        def carry() -> int:
            return sum(relay.deliver(AT, limit=3) for _ in range(60))

        at_once(district, carry, carry, carry, *[lambda lamp=lamp: switched(lamp, 15) for lamp in lamp_ids])
        relay.drain(AT)
    assert_each_once_and_in_order()
    assert Event.objects.count() == 48


# what fails


def _dislike(lamp: int) -> Callable[[Event], None]:
    def apply(event: Event) -> None:
        lamps.count(event)
        if (event.subject, event.seq) == (f"lamp:{lamp}", 2):
            raise ValueError("the one by the door")

    return apply


def test_a_poisoned_event_parks_its_subject_only(district: str, caplog: pytest.LogCaptureFixture) -> None:
    one, two = hung(), hung()
    with listening(_dislike(one), listens=(SWITCHED,)), caplog.at_level(logging.WARNING):
        relay.introduce()
        switched(one, 2)
        switched(two, 2)
        for second in range(120):
            relay.deliver(AT + timedelta(seconds=second))
        assert seen() == [(f"lamp:{two}", 2), (f"lamp:{two}", 3)]
        (delivery,) = relay.parked()
        assert (delivery.consumer, delivery.subject, delivery.seq) == ("lamps.counts", f"lamp:{one}", 2)
        assert delivery.attempts == relay.TRIES
        switched(two)
        switched(one)
        relay.drain(LATER)
        assert seen()[2:] == [(f"lamp:{two}", 4)]
    assert str(delivery.event_id) in caplog.text and "ValueError" in caplog.text
    assert "by the door" not in caplog.text


def test_what_was_parked_goes_on_in_order_once_its_cause_is_mended(district: str) -> None:
    one = hung()
    with listening(_dislike(one), listens=(SWITCHED,)):
        relay.introduce()
        switched(one, 3)
        for second in range(0, 120, 2):
            relay.deliver(AT + timedelta(seconds=second))
        (delivery,) = relay.parked()
    with listening(listens=(SWITCHED,)):
        assert relay.drain(LATER) == 0
        relay.unpark(delivery.pk)
        assert relay.drain(LATER) == 3
    assert seen() == [(f"lamp:{one}", seq) for seq in (2, 3, 4)]
    assert relay.parked() == []


def test_an_event_that_failed_once_is_tried_again_later_and_later(district: str) -> None:
    one = hung()
    with listening(_dislike(one), listens=(SWITCHED,)):
        relay.introduce()
        switched(one)
        tries = []
        for second in range(60):
            before = Delivery.objects.get().attempts
            relay.deliver(AT + timedelta(seconds=second))
            if Delivery.objects.get().attempts > before:
                tries.append(second)
    assert tries == [0, 2, 6, 14, 30]
    assert Tally.objects.count() == 0


@pytest.mark.parametrize("fault", ["a foreign key that is looked at late", "a word too long for an index"])
def test_faults_of_the_database_are_laid_at_the_events_door(district: str, fault: str) -> None:
    """The one comes up only when the transaction ends, the other looks as if the database were in trouble."""
    one, two = hung(), hung()

    def write(event: Event) -> None:
        lamps.count(event)
        if event.subject == f"lamp:{one}" and "late" in fault:
            Word.objects.create(word="x", lamp_id=10**6)
        elif event.subject == f"lamp:{one}":
            Word.objects.create(word="".join(f"{number:x}" for number in range(9000)))

    with listening(write, listens=(SWITCHED,)):
        relay.introduce()
        switched(one)
        switched(two)
        for second in range(0, 120, 2):
            relay.deliver(AT + timedelta(seconds=second))
        assert [delivery.subject for delivery in relay.parked()] == [f"lamp:{one}"]
        assert seen() == [(f"lamp:{two}", 2)]


def test_a_database_in_trouble_is_no_events_fault(district: str) -> None:
    with listening(_lose_the_connection, listens=(SWITCHED,)):
        relay.introduce()
        switched(hung())
        with pytest.raises(OperationalError):
            relay.deliver(AT)
        connection.close()
        assert Delivery.objects.get().attempts == 0
    with listening(listens=(SWITCHED,)):
        assert relay.deliver(AT) == 1


def _lose_the_connection(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


# policies


def test_a_policy_answers_with_commands_keyed_by_the_event(district: str) -> None:
    """At least once: a relay that dies after the act and before the mark does it again, and nothing happens twice."""
    lamp, other = hung(), hung()

    def answer(event: Event) -> None:
        lamps.switch(by=POLICY, at=event.at, cause=f"event:{event.id}", key=f"lamps.echo:{event.id}", lamp=other)
        if len(acted) == 0:
            acted.append(1)
            raise KeyboardInterrupt  # killed here

    acted: list[int] = []
    with listening(answer, name="lamps.echo", listens=(SWITCHED,), acts=True):
        relay.introduce()
        switched(lamp)
        Consumer.objects.filter(name="lamps.echo").update(listens=[])  # it does not listen to its own echo
        with pytest.raises(KeyboardInterrupt):
            relay.deliver(AT)
        assert Delivery.objects.count() == 1
        assert relay.deliver(AT) == 1
        assert not Delivery.objects.exists()
    echo = Event.objects.get(subject=f"lamp:{other}", seq=2)
    assert echo.cause == f"event:{Event.objects.get(subject=f'lamp:{lamp}', seq=2).id}"
    assert not Event.objects.filter(subject=f"lamp:{other}", seq=3).exists()


def test_a_policy_keeps_order_and_a_failure_holds_up_one_subject(district: str) -> None:
    one, two = hung(), hung()
    acted = []

    def act(event: Event) -> None:
        if event.subject == f"lamp:{one}" and event.seq == 3:
            raise Refusal("lamps.lit")
        acted.append((event.subject, event.seq))

    with listening(act, name="lamps.watch", listens=(SWITCHED,), acts=True):
        relay.introduce()
        switched(one, 3)
        switched(two, 2)
        assert relay.deliver(AT) == 3
        assert acted == [(f"lamp:{one}", 2), (f"lamp:{two}", 2), (f"lamp:{two}", 3)]
        for second in range(0, 120, 2):
            relay.deliver(AT + timedelta(seconds=second))
        assert [(delivery.subject, delivery.seq) for delivery in relay.parked()] == [(f"lamp:{one}", 3)]
    assert len(acted) == 3


def test_one_relay_at_a_time_acts_for_a_policy(district: str) -> None:
    lamp = hung()
    acting: list[str] = []

    def act(event: Event) -> None:
        acting.append("begins")
        (other,) = at_once(district, lambda: relay.deliver(AT))
        assert other == 0
        acting.append("ends")

    with listening(act, name="lamps.slow", listens=(SWITCHED,), acts=True):
        relay.introduce()
        switched(lamp, 2)
        assert relay.deliver(AT) == 2
    assert acting == ["begins", "ends"] * 2


def test_policies_that_cause_each_other_come_to_an_end(district: str) -> None:
    lamp = hung()

    def echo(event: Event) -> None:
        lamps.switch(by=POLICY, at=event.at, cause=f"event:{event.id}", key=f"lamps.echo:{event.id}", lamp=lamp)

    with listening(echo, name="lamps.echo", listens=(SWITCHED,), acts=True):
        relay.introduce()
        switched(lamp)
        for second in range(0, 120, 2):
            relay.drain(AT + timedelta(seconds=second))
        (delivery,) = relay.parked()
    assert delivery.seq == Event.objects.count() == relay.DEEPEST + 2


def test_a_policy_starts_when_it_is_adopted(district: str) -> None:
    lamp = hung()
    switched(lamp)
    acted: list[int] = []
    with listening(lambda event: acted.append(event.seq), name="lamps.watch", listens=(SWITCHED,), acts=True):
        assert relay.introduce() == ["lamps.watch"]
        switched(lamp)
        relay.drain(AT)
    assert acted == [3]


def test_two_consumers_never_share_a_name() -> None:
    with listening(), pytest.raises(TypeError):
        consumers.projection("lamps.counts", listens=(), clears=lamps.clear_counts)(lamps.count)


def _note(event: Event) -> None:
    Seen.objects.create(consumer="lamps.noted", subject=event.subject, seq=event.seq)


def _forget_notes() -> None:
    Seen.objects.filter(consumer="lamps.noted").delete()
