"""What time does: lateness goes up, silence lapses, pauses end, the overall deadline rings; the clock signs nothing."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from linli.indicators.models import Tally
from linli.kernel import relay
from linli.kernel.actor import CLOCK, SYSTEM
from linli.kernel.models import Event
from linli.kernel.scope import scope
from linli.matters.commands import tick_due, tick_matter
from linli.matters.models import Matter, Reader
from linli.matters.queries import light
from linli.matters.rules import Configuration
from linli.people.commands import dismiss
from linli.people.models import Seat
from tests.cast import WORKING_AT
from tests.matters.corner import Corner, events, refused, stored

NOTE = {"note": "有情况"}
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _quiet(corner: Corner) -> None:
    """What earlier tests left is no longer looked at."""
    with scope(SYSTEM):
        Matter.objects.update(next_at=None)


def post(matter: Matter) -> str:
    return Seat.objects.get(pk=matter.seat_id).post


def due(matter: Matter) -> datetime:
    assert matter.due_at
    return matter.due_at


def test_nothing_happens_before_its_time_and_at_the_instant_it_does(corner: Corner) -> None:
    matter = corner.open()
    assert tick_due(due(matter) - MOMENT) == 0 and stored(matter.pk).version == 1
    assert tick_due(due(matter)) == 1
    late = stored(matter.pk)
    assert (late.state, post(late), late.version) == ("reported", "community_desk", 2)
    event = events(matter)[-1]
    assert (event.by, event.body["move"], event.body["post"]) == ("clock", "escalate", "grid_worker")
    assert event.body["within_due"] is False
    assert tick_due(due(matter)) == 0


def test_lateness_climbs_to_the_top_and_reminds_there_every_working_day(corner: Corner) -> None:
    matter = corner.open()
    posts = []
    while not events(matter)[-1].name.endswith("reminded"):
        posts.append(post(matter))
        assert matter.next_at and tick_due(matter.next_at) == 1
        matter = stored(matter.pk)
    assert posts == ["grid_worker", "community_desk", "supervisor", "district_office"]
    assert (matter.state, matter.seat_id is None, light(matter, due(matter) + MOMENT)) == ("reported", False, "red")
    assert events(matter)[-1].at == datetime(2026, 3, 6, 2, 30, tzinfo=UTC)  # a Friday
    assert matter.next_at == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)  # when offices close on Monday
    assert tick_due(matter.next_at) == 1 and matter.next_at < (stored(matter.pk).next_at or matter.next_at)
    assert corner.move(stored(matter.pk), "take_on", by="district_office", at=matter.next_at).state == "working"


def test_what_is_taken_on_and_not_solved_goes_up_too(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    assert due(matter) == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)  # three working days: Thursday, Friday, Monday
    tick_due(due(matter))
    assert (stored(matter.pk).state, post(stored(matter.pk))) == ("reported", "community_desk")


def test_silence_lapses_and_is_neither_solved_nor_satisfied(own_corner: Corner) -> None:
    matter = own_corner.solved()
    assert due(matter) == WORKING_AT + timedelta(days=5)
    tick_due(due(matter))
    lapsed = stored(matter.pk)
    assert (lapsed.state, lapsed.outcome, lapsed.rating, lapsed.ended_at) == ("lapsed", "unanswered", None, due(matter))
    body = events(matter)[-1].body
    assert "confirmed" not in body and "satisfied" not in body and body["outcome"] == "unanswered"
    relay.drain(due(matter))
    counted = Tally.objects.filter(path=matter.path)
    assert set(counted.values_list("measure__name", flat=True)) == {"opened", "responded", "closed", "unanswered"}


def test_a_pause_ends_by_itself_with_what_was_left(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    noon = WORKING_AT + timedelta(days=1)
    paused = corner.move(matter, "pause", by="grid_worker", at=noon, **NOTE)
    assert due(paused) == noon + timedelta(days=15)
    tick_due(due(paused))
    back = stored(matter.pk)
    assert (back.state, back.seat_id, events(matter)[-1].body["move"]) == ("working", matter.seat_id, "resume")
    assert due(back) == datetime(2026, 3, 24, 9, 30, tzinfo=UTC)  # from Friday on, the 23 hours that Thursday had left


def test_the_overall_deadline_rings_once_and_moves_nothing(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    for _ in range(2):  # pauses stop the clock of the step, never the one that counts from the report
        matter = corner.move(matter, "pause", by="grid_worker", at=WORKING_AT, **NOTE)
        if matter.version < 5:
            matter = corner.move(matter, "resume", by="grid_worker", at=WORKING_AT)
    overall = datetime(2026, 3, 25, 9, 30, tzinfo=UTC)  # 15 working days
    assert tick_due(overall - MOMENT) == 1  # the second pause has ended before
    before = stored(matter.pk)
    assert tick_due(overall) >= 1
    names = [event.name.rpartition(".")[2] for event in events(matter)]
    assert names.count("alarmed") == 1
    alarm = next(event for event in events(matter) if event.name.endswith("alarmed"))
    assert (alarm.at, alarm.body["from"], alarm.body["to"]) == (overall, before.state, before.state)
    assert light(stored(matter.pk), overall + MOMENT) == "red"


def test_an_alarm_and_an_escalation_of_the_same_instant_both_happen(corner: Corner) -> None:
    matter = corner.open()
    tick_due(WORKING_AT + timedelta(days=60))  # the worker was down for two months
    told = [event.body["move"] for event in events(matter)]
    assert told == ["open", "alarm", "escalate"]  # once up, the post above has its own full time
    due_at = Configuration.from_json(stored(matter.pk).configuration).due_at
    assert due_at and due_at > WORKING_AT + timedelta(days=60)


def test_after_the_end_the_clock_is_silent(corner: Corner) -> None:
    for before in ("closed", "declined"):
        matter = corner.open()
        if before == "declined":
            matter = corner.move(matter, "decline", by="grid_worker", **NOTE)
        else:
            matter = corner.move(corner.solved(), "accept", by="resident")
        with scope(SYSTEM):
            Matter.objects.exclude(pk=matter.pk).update(next_at=None)
        assert matter.next_at is None and tick_due(WORKING_AT + timedelta(days=400)) == 0


def test_the_clock_signs_for_nobody(corner: Corner) -> None:
    """Whatever is left alone ends unanswered or waits at the top: never accepted, solved or declined by time."""
    for by in ("resident", "grid_worker"):
        matter = corner.open(by=by)
        corner.solved()
        at = matter.opened_at
        for _ in range(12):
            at += timedelta(days=9)
            tick_due(at)
    moves = set(Event.objects.filter(by="clock", name="matters.matter.moved").values_list("body__move", flat=True))
    assert moves <= {"escalate", "lapse", "resume"}
    with scope(SYSTEM):
        assert set(Matter.objects.exclude(ended_at=None).values_list("outcome", flat=True)) <= {
            "unanswered", "solved", "declined",
        }  # fmt: skip


def test_own_work_that_nobody_accepts_lapses_at_the_supervisor(corner: Corner) -> None:
    matter = corner.move(corner.open(by="grid_worker"), "take_on", by="grid_worker")
    matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    tick_due(due(matter))
    assert (stored(matter.pk).state, stored(matter.pk).outcome) == ("lapsed", "unanswered")


def test_vacant_rungs_are_passed_on_the_way_up(own_corner: Corner) -> None:
    matter = own_corner.open()
    dismiss(
        by=SYSTEM, at=WORKING_AT + MOMENT, seat=own_corner.seat("community_desk"),
        party=own_corner.party("community_desk"),
    )  # fmt: skip
    tick_due(due(matter))
    assert post(stored(matter.pk)) == "supervisor"
    assert events(matter)[-1].body["vacancies"] == ["community_desk"]


def test_whoever_let_it_lapse_upwards_keeps_seeing_it(own_corner: Corner) -> None:
    matter = own_corner.open()
    tick_due(due(matter))
    relay.drain(due(matter))
    with scope(SYSTEM):
        readers = set(Reader.objects.filter(matter=matter).values_list("party_id", flat=True))
    assert readers == {own_corner.party("grid_worker"), own_corner.party("community_desk")}


def test_a_tick_of_an_old_version_or_before_its_time_does_nothing(corner: Corner) -> None:
    matter = corner.open()
    with refused("matters.nothing_to_do", 422):
        tick_matter(by=CLOCK, at=WORKING_AT, matter=matter.pk, version=1)
    with refused("stale", 409):
        tick_matter(by=CLOCK, at=due(matter), matter=matter.pk, version=7)


def test_two_workers_do_it_once(corner: Corner) -> None:
    matter = corner.open()
    at = due(matter)
    with scope(CLOCK):
        assert list(Matter.objects.filter(next_at__lte=at).values_list("id", flat=True)) == [matter.pk]
    first = tick_matter(by=CLOCK, at=at, key=f"{matter.pk}/1", matter=matter.pk, version=1)
    assert tick_matter(by=CLOCK, at=at, key=f"{matter.pk}/1", matter=matter.pk, version=1) == first
    assert tick_due(at) == 0 and stored(matter.pk).version == 2


def test_a_matter_that_cannot_be_ticked_holds_up_no_other(corner: Corner, caplog: pytest.LogCaptureFixture) -> None:
    broken, other = corner.open(), corner.open(at=WORKING_AT + MOMENT)
    with scope(SYSTEM):
        Matter.objects.filter(pk=broken.pk).update(configuration={"state": "nowhere"})
    with caplog.at_level(logging.ERROR):
        assert tick_due(due(other)) == 1
    assert stored(other.pk).version == 2 and stored(broken.pk).version == 1
    assert f"matter {broken.pk}" in caplog.text and "灯" not in caplog.text


def test_more_than_a_batch_waits_for_the_next_look(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.matters.commands.clockwork.BATCH", 2)
    matters = [corner.open(at=WORKING_AT + number * MOMENT) for number in range(3)]
    at = due(matters[-1])
    assert (tick_due(at), tick_due(at), tick_due(at)) == (2, 1, 0)
