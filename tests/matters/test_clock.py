"""The recurring jobs: each may run twice, and late."""

from datetime import UTC, datetime, timedelta

import pytest

from linli import clock
from linli.indicators.models import Tally
from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.models import Done, Event, Seal
from linli.kernel.scope import scope
from linli.matters.models import PublicMatter
from tests.matters.corner import Corner, stored

MIDNIGHT = datetime(2026, 3, 4, 16, tzinfo=UTC)  # in Shuangyashan


def test_jobs_that_run_twice_do_it_once(own_corner: Corner) -> None:
    matter = own_corner.open()
    assert matter.due_at
    for job in clock.JOBS:
        job.run(matter.due_at)
    assert stored(matter.pk).seat_id == own_corner.seat("community_desk")
    relay.drain(matter.due_at)
    before = (Event.objects.count(), Seal.objects.count(), Tally.objects.count(), PublicMatter.objects.count())
    for job in (*clock.JOBS, *reversed(clock.JOBS)):
        job.run(matter.due_at)
    relay.drain(matter.due_at)
    after = (Event.objects.count(), Seal.objects.count(), Tally.objects.count(), PublicMatter.objects.count())
    assert after == before


@pytest.mark.parametrize(
    ("at", "sealed"),
    [
        (MIDNIGHT + timedelta(minutes=9), MIDNIGHT - timedelta(days=1)),
        (MIDNIGHT + timedelta(minutes=10), MIDNIGHT),
        (MIDNIGHT + timedelta(hours=23), MIDNIGHT),
        (MIDNIGHT + timedelta(days=1, minutes=5), MIDNIGHT),  # tomorrow's is not made yet
        (MIDNIGHT + timedelta(days=1, minutes=10), MIDNIGHT + timedelta(days=1)),
    ],
)
def test_a_day_is_sealed_ten_minutes_after_the_districts_midnight(
    own_corner: Corner, at: datetime, sealed: datetime
) -> None:
    clock.seal_yesterday(MIDNIGHT - timedelta(hours=12))
    clock.seal_yesterday(at)
    assert Seal.objects.latest("until").until == sealed


def test_keys_are_kept_for_ninety_days(own_corner: Corner) -> None:
    matter = own_corner.open()
    assert matter.due_at
    clock.tick_due(matter.due_at)
    with scope(SYSTEM):
        mine = Done.objects.filter(event__subject=matter.subject)
        assert mine.count() == 1
        at = mine.get().at
    clock.forget_keys(at + timedelta(days=90))
    assert mine.count() == 1
    clock.forget_keys(at + timedelta(days=90, seconds=1))
    assert mine.count() == 0


def test_every_job_has_a_name_of_its_own() -> None:
    assert len({job.name for job in clock.JOBS}) == len(clock.JOBS)
    assert all(timedelta(seconds=1) <= job.every <= timedelta(days=1) for job in clock.JOBS)
    assert clock.now().tzinfo is UTC and abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
