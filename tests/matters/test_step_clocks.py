"""Deadlines, pauses, the ladder and its vacancies, what the clock does by itself, and what is taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from linli.kernel.refusal import Forbidden, Refusal
from linli.matters.rules import Configuration, Made, Rung, Seat, Step, light, recompute, settle, step, tick, undo
from tests.matters import street
from tests.matters.street import (
    CALENDAR,
    DAY,
    DESK,
    HEAD,
    HOUR,
    MONDAY,
    NEIGHBOUR,
    OFFICE,
    RESIDENT,
    SIBLING,
    SUPERVISOR,
    WORKER,
    Case,
    closed,
    seat,
    solved,
    working,
)

SECOND = timedelta(seconds=1)
EVERYBODY = {HEAD, WORKER, DESK, SUPERVISOR, OFFICE}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone).astimezone(UTC)


# Deadlines -----------------------------------------------------------------------------------------------------------


def test_working_hours_run_only_in_office_hours() -> None:
    assert Case(at=local("2025-11-03 10:00")).now.due_at == local("2025-11-03 15:30")
    assert Case(at=local("2025-11-07 16:30")).now.due_at == local("2025-11-10 11:30"), "over the weekend"
    assert Case(at=local("2025-09-30 16:30")).now.due_at == local("2025-10-09 11:30"), "over the October holiday"


def test_the_state_has_its_own_deadline_and_the_matter_another() -> None:
    case = Case()
    overall = case.now.overall_due_at
    assert overall == local("2025-11-24 17:30")
    case.wait(HOUR).does(WORKER, "take_on")
    assert case.now.due_at == local("2025-11-06 17:30") and case.now.overall_due_at == overall
    case.wait(HOUR).does(WORKER, "raise_up", note=True)
    assert case.now.due_at == local("2025-11-03 16:30") + HOUR and case.now.overall_due_at == overall


@pytest.mark.parametrize(("late", "within_due"), [(timedelta(), True), (SECOND, False)])
def test_in_time_is_up_to_the_very_instant(late: timedelta, within_due: bool) -> None:
    case = Case()
    case.at = case.now.due_at + late  # type: ignore[operator]
    assert case.does(WORKER, "take_on").last.within_due is within_due
    case.at = case.now.due_at + late  # type: ignore[operator]
    assert case.does(WORKER, "solve", note=True).last.within_due is within_due
    assert case.does(RESIDENT, "accept").last.within_due is within_due, "the end repeats what the answer was"


def test_an_answer_in_time_for_its_step_may_be_late_for_the_matter() -> None:
    case = working().ticks()
    case.at = case.now.overall_due_at + HOUR  # type: ignore[operator]
    case.does(DESK, "take_on").does(DESK, "solve", note=True)
    assert case.now.answered_in_due is False


def test_late_is_what_the_clock_has_to_move() -> None:
    case = Case().ticks()
    assert (case.last.move, case.last.within_due, case.holder) == (
        "escalate",
        False,
        Seat("community_desk", seat(DESK)),
    )
    assert case.now.due_at == CALENDAR.add(case.at, street.REPORT.states["reported"].due.within)  # type: ignore[union-attr]
    assert tick(case.kind, case.now, case.facts(), case.at) is None


def test_the_clock_does_nothing_before_it_is_due() -> None:
    case = Case()
    assert tick(case.kind, case.now, case.facts(), case.now.due_at - SECOND) is None  # type: ignore[operator]
    answer = step(case.kind, case.now, "escalate", case.facts(), case.at)
    assert answer == Refusal("matters.not_due", move="escalate")
    assert tick(case.kind, closed().now, case.facts(), MONDAY + 400 * DAY) is None


# Pauses --------------------------------------------------------------------------------------------------------------


def test_a_pause_keeps_what_was_left_and_comes_back() -> None:
    case = working()
    due_at, yellow_at = case.now.due_at, case.now.yellow_at
    case.at = local("2025-11-04 10:00")
    left = CALENDAR.working(case.at, due_at)  # type: ignore[arg-type]
    case.does(WORKER, "pause", note=True)
    assert case.now.due_at == case.at + 15 * DAY and case.now.stopped
    case.at = local("2025-11-06 10:00")
    case.does(WORKER, "resume")
    assert (case.now.state, case.now.stopped) == ("working", None)
    assert case.now.due_at == local("2025-11-10 17:30") and due_at == local("2025-11-06 17:30")
    assert CALENDAR.working(case.at, case.now.due_at) == left
    assert CALENDAR.working(yellow_at, due_at) == CALENDAR.working(case.now.yellow_at, case.now.due_at)  # type: ignore[arg-type]


def test_a_pause_ends_by_itself() -> None:
    case = working().does(WORKER, "pause", note=True).ticks()
    assert (case.last.move, case.now.state, case.last.within_due) == ("resume", "working", None)
    assert case.at == MONDAY + 15 * DAY


def test_a_pause_forgives_nothing() -> None:
    case = working()
    case.at = case.now.due_at + DAY  # type: ignore[operator]
    case.does(WORKER, "pause", note=True).wait(3 * DAY).does(WORKER, "resume")
    assert light(case.now, case.at) == "red"
    assert case.ticks().last.move == "escalate"


def test_two_pauses_then_no_more() -> None:
    case = working()
    for _ in range(2):
        case.does(WORKER, "pause", note=True).does(WORKER, "resume")
    assert case.refuses(WORKER, "pause", note=True) == "matters.limit_reached"


# The ladder ----------------------------------------------------------------------------------------------------------


def test_a_vacant_rung_is_passed_and_shown() -> None:
    case = Case(vacant={WORKER})
    assert case.holder == Seat("community_desk", seat(DESK))
    assert case.last.vacancies == (Seat("grid_worker", seat(WORKER)),) and case.last.rungs == 1
    two = Case(street.BUILDING_REPORT, vacant={HEAD, WORKER})
    assert (two.now.rung, [vacancy.post for vacancy in two.last.vacancies]) == (2, ["building_head", "grid_worker"])
    up = Case(vacant={DESK}).does(WORKER, "raise_up", note=True)
    assert up.holder == Seat("supervisor", seat(SUPERVISOR)) and up.last.rungs == 2


def test_nothing_is_sent_to_a_vacant_rung_or_below_the_lowest() -> None:
    case = Case().does(WORKER, "raise_up", note=True)
    case.vacant = {WORKER}
    assert case.refuses(DESK, "send_down", note=True) == "matters.no_rung_below"
    assert Case().refuses(WORKER, "send_down", note=True) == "matters.no_rung_below"


def test_where_nobody_is_it_waits_for_somebody() -> None:
    case = Case(vacant=EVERYBODY)
    assert (case.now.rung, case.last.vacancies) == (0, (Seat("grid_worker", seat(WORKER)),))
    case.ticks()
    assert (case.last.event, case.now.reminders) == ("reminded", 1)
    case.vacant = EVERYBODY - {SUPERVISOR}
    found = settle(case.kind, case.now, case.facts(), case.at)
    assert found and found.configuration.holder == Seat("supervisor", seat(SUPERVISOR))
    assert found.configuration.clock == case.now.clock, "a new holder is no new deadline"


def test_at_the_top_it_stays_red_and_reminds_each_working_day() -> None:
    case = Case()
    for _ in range(3):
        case.ticks()
    assert case.holder == Seat("district_office", seat(OFFICE))
    assert case.refuses(OFFICE, "raise_up", note=True) == "matters.no_rung_above"
    case.ticks()
    assert (case.last.event, case.last.move, case.now.state, case.now.reminders) == (
        "reminded",
        "remind",
        "reported",
        1,
    )
    first = case.at
    case.ticks()
    assert (
        case.now.reminders == 2
        and case.at == CALENDAR.add(first, street.REMINDER)
        and light(case.now, case.at) == "red"
    )
    assert case.does(OFFICE, "take_on").now.reminders == 0


def test_a_seat_that_falls_vacant_is_settled_one_rung_up() -> None:
    case = working()
    case.vacant = {WORKER}
    assert case.does(DESK, "pause", note=True).holder == Seat("community_desk", seat(DESK)), (
        "who is above may act at once"
    )
    case = working()
    due_at = case.now.due_at
    case.vacant = {WORKER}
    made = settle(case.kind, case.now, case.facts(), case.at + HOUR)
    assert made and (made.event, made.rungs, made.vacancies) == ("reseated", 1, (Seat("grid_worker", seat(WORKER)),))
    assert made.configuration.due_at == due_at and made.to_state == "working"
    case.vacant = set()
    assert settle(case.kind, case.now, case.facts(), case.at) is None
    assert settle(case.kind, solved().now, street.facts(vacant={WORKER}), case.at) is None, "the reporter holds it"


def test_who_acts_for_a_vacant_rung_raises_past_themselves() -> None:
    case = working()
    case.vacant = {WORKER}
    assert case.does(DESK, "raise_up", note=True).holder == Seat("supervisor", seat(SUPERVISOR))
    late = working()
    late.vacant = {WORKER}
    assert late.ticks().holder == Seat("community_desk", seat(DESK)), "lateness skips nobody"


def test_a_matter_handed_over_comes_back_when_that_seat_falls_vacant() -> None:
    case = Case().does(WORKER, "hand_over", note=True, seat=800)
    gone = replace(case.facts(), handed=Rung("grid_worker", 800))
    made = settle(case.kind, case.now, gone, case.at)
    assert made and made.configuration.holder == Seat("grid_worker", seat(WORKER))
    there = replace(case.facts(), handed=Rung("grid_worker", 800, frozenset({SIBLING})))
    assert settle(case.kind, case.now, there, case.at) is None
    assert isinstance(step(case.kind, case.now, "take_on", replace(gone, doer=street.doer(WORKER)), case.at), Step)


def test_reopened_it_comes_back_to_whoever_solved_it_or_above() -> None:
    case = solved().does(RESIDENT, "accept")
    case.vacant = {WORKER}
    case.does(RESIDENT, "reopen")
    assert case.holder == Seat("community_desk", seat(DESK)) and case.now.state == "working"


# The whole matter ----------------------------------------------------------------------------------------------------


def test_the_alarm_sounds_once_and_moves_nothing() -> None:
    case = working().does(WORKER, "pause", note=True).ticks().does(WORKER, "pause", note=True)
    case.at = case.now.overall_due_at  # type: ignore[assignment]
    assert case.now.next_at == case.at
    made = tick(case.kind, case.now, case.facts(), case.at)
    assert made and (made.event, made.move, made.to_state) == ("alarmed", "alarm", "waiting")
    assert made.configuration.alarmed and made.configuration.clock == case.now.clock
    assert tick(case.kind, made.configuration, case.facts(), case.at) is None
    assert light(made.configuration, case.at + SECOND) == "red"


def test_the_overall_clock_rests_while_the_organisation_owes_nothing() -> None:
    case = closed()
    left = CALENDAR.working(MONDAY + HOUR, case.now.overall_due_at)  # type: ignore[arg-type]
    case.at = local("2025-11-20 10:00")
    case.does(RESIDENT, "reopen")
    assert CALENDAR.working(case.at, case.now.overall_due_at) == left  # type: ignore[arg-type]
    assert case.now.resting is None and not case.now.alarmed
    at_once = solved().does(RESIDENT, "reopen")
    assert at_once.now.overall_due_at == Case().now.overall_due_at, "it never restarts"


def test_after_the_end_the_clock_has_nothing_to_look_at() -> None:
    assert closed().now.next_at is None and closed().now.due_at is None
    assert working().now.next_at == working().now.due_at


# A changed calendar, JSON, undo --------------------------------------------------------------------------------------


def test_deadlines_are_reckoned_anew_when_holidays_are_announced() -> None:
    case = working()
    new = CALENDAR.announce({date(2025, 11, 5): "holiday"}, [2025])
    fresh = recompute(case.kind, case.now, new)
    assert fresh.due_at == local("2025-11-07 17:30") and fresh.overall_due_at > case.now.overall_due_at  # type: ignore[operator]
    assert recompute(case.kind, fresh, new) == fresh
    assert recompute(case.kind, case.now, CALENDAR) == case.now
    paused = working().does(WORKER, "pause", note=True).does(WORKER, "resume")
    assert recompute(case.kind, paused.now, CALENDAR) == paused.now
    assert recompute(case.kind, closed().now, new) == closed().now


@pytest.mark.parametrize("case", [Case, working, solved, closed, lambda: working().does(WORKER, "pause", note=True)])
def test_a_configuration_survives_json(case) -> None:  # type: ignore[no-untyped-def]
    now = case().now
    assert Configuration.from_json(now.to_json()) == now


def test_the_last_move_is_taken_back_within_half_a_minute() -> None:
    before = working()
    after = working().does(WORKER, "decline", note=True)
    made = Made("decline", WORKER, MONDAY)
    back = undo(before.now, after.now, made, after.facts(WORKER), MONDAY + 30 * SECOND)
    assert isinstance(back, Step) and back.configuration == before.now
    assert (back.event, back.move, back.from_state, back.to_state) == ("undone", "decline", "declined", "working")
    late = undo(before.now, after.now, made, after.facts(WORKER), MONDAY + 31 * SECOND)
    assert late == Refusal("matters.undo_too_late", seconds=30)
    other = undo(before.now, after.now, made, after.facts(DESK), MONDAY + SECOND)
    assert other == Forbidden("matters.not_yours", move="undo")
    clocks = undo(before.now, after.now, replace(made, by=None), after.facts(), MONDAY)
    assert clocks == Forbidden("matters.not_yours", move="undo")
    assert undo(None, after.now, made, after.facts(WORKER), MONDAY) == Refusal("matters.nothing_to_undo")


def test_followers_do_not_stop_the_clock() -> None:
    case = Case().does(NEIGHBOUR, "follow")
    assert case.ticks().last.move == "escalate" and case.now.count("follow") == 1
