"""History once more: new projections replay it, old ones are rebuilt from it, while everything else goes on."""

import threading
import time

import pytest
from django.db import connection

from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.event import record
from linli.kernel.scope import scope
from tests.kernel import lamps
from tests.kernel.lamps import (
    AT,
    SWITCHED,
    Lamp,
    Tally,
    assert_each_once_and_in_order,
    at_once,
    hung,
    listening,
    seen,
    switched,
)


def test_a_new_projection_replays_history_first(district: str) -> None:
    switched(hung(), 4)
    with listening():
        assert relay.introduce() == ["lamps.counts"]
        assert relay.introduce() == []
        assert_each_once_and_in_order()
        switched(hung())
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_a_projection_that_listens_to_more_replays_history(district: str) -> None:
    switched(hung(), 2)
    with listening(listens=(SWITCHED,)):
        relay.drain(AT)
        assert [seq for _, seq in seen()] == [2, 3]
    with listening(listens=(SWITCHED, "lamps.lamp.hung")):
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_a_projection_is_not_served_before_it_has_replayed_history(district: str) -> None:
    """A relay that is killed while it introduces a projection leaves it to the next."""
    switched(hung())
    with listening(clears=_fail):
        with pytest.raises(ZeroDivisionError):
            relay.introduce()
        switched(hung())
        assert relay.deliver(AT) == 0
    with listening():
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_rebuilding_gives_what_is_there_already(district: str) -> None:
    with listening():
        for _ in range(3):
            switched(hung(), 2)
        relay.drain(AT)
        live = dict(Tally.objects.values_list("subject", "total"))
        assert relay.rebuild("lamps.counts") == 9
        assert dict(Tally.objects.values_list("subject", "total")) == live
    assert_each_once_and_in_order()


def test_rebuilding_while_commands_and_relays_go_on_gives_the_same(district: str) -> None:
    with listening():
        relay.introduce()
        lamp_ids = [hung() for _ in range(3)]
        answers = at_once(
            district,
            lambda: [relay.rebuild("lamps.counts") for _ in range(6)],
            lambda: [relay.deliver(AT, limit=5) for _ in range(40)],
            lambda: [relay.introduce() for _ in range(5)],
            *[lambda lamp=lamp: switched(lamp, 20) for lamp in lamp_ids],
        )
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_what_happens_in_the_midst_of_a_rebuild_is_counted_once(district: str) -> None:
    lamp = hung()

    def clear_while_somebody_switches() -> None:
        lamps.clear_counts()
        at_once(district, lambda: switched(lamp, 2))

    with listening(clears=clear_while_somebody_switches):
        relay.introduce()
        assert_each_once_and_in_order(left=2)
        relay.rebuild("lamps.counts")
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_an_event_under_way_while_a_projection_is_introduced_is_not_lost(district: str) -> None:
    """It was recorded before anybody listened, and shows only after history was replayed, were that not to wait."""
    lamp = hung()
    recorded = threading.Event()

    def record_and_linger() -> None:
        with scope(SYSTEM):
            found = Lamp.objects.get(pk=lamp)
            record(found, SWITCHED, by="system", at=AT, cause=None, body={}, changes={})
            recorded.set()
            until = time.monotonic() + 3
            while not _somebody_waits() and time.monotonic() < until:
                time.sleep(0.01)

    def introduce() -> None:
        recorded.wait(10)
        relay.introduce()

    with listening():
        answers = at_once(district, record_and_linger, introduce)
        assert answers == [None, None]
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_a_projection_introduced_while_commands_go_on_misses_nothing(district: str) -> None:
    lamp_ids = [hung() for _ in range(4)]
    with listening():
        at_once(district, relay.introduce, *[lambda lamp=lamp: switched(lamp, 12) for lamp in lamp_ids])
        relay.drain(AT)
    assert_each_once_and_in_order()


def test_a_projection_that_never_was_cannot_be_rebuilt(district: str) -> None:
    with listening(lambda event: None, name="lamps.watch", acts=True), pytest.raises(ValueError):
        relay.rebuild("lamps.watch")


def _fail() -> None:
    raise ZeroDivisionError


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None
