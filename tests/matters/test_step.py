"""Every move of the five haves: the good way, the wrong person, the wrong state, what is missing, the limits."""

from datetime import timedelta

import pytest

from linli.kernel.refusal import Forbidden
from linli.matters.rules import Doer, Role, Seat, Step, begin, light, possible, step
from tests.matters import street
from tests.matters.street import (
    DAY,
    DESK,
    HEAD,
    HOUR,
    MONDAY,
    NEIGHBOUR,
    OFFICE,
    POLICE_SEAT,
    RESIDENT,
    SIBLING,
    SIBLING_SEAT,
    SUPERVISOR,
    WORKER,
    Case,
    closed,
    declined,
    solved,
    working,
)

WORKER_SEAT = Seat("grid_worker", street.seat(WORKER))
DESK_SEAT = Seat("community_desk", street.seat(DESK))
SUPERVISOR_SEAT = Seat("supervisor", street.seat(SUPERVISOR))
OFFICE_SEAT = Seat("district_office", street.seat(OFFICE))


def raised() -> Case:
    return Case().does(WORKER, "raise_up", note=True)


def test_a_matter_begins_with_whoever_is_on_the_lowest_rung() -> None:
    case = Case()
    assert (case.last.event, case.last.move, case.now.state, case.holder) == ("opened", "open", "reported", WORKER_SEAT)
    assert case.last.vacancies == () and case.last.rungs == 0
    small = Case(street.BUILDING_REPORT)
    assert small.holder == Seat("building_head", street.seat(HEAD))


@pytest.mark.parametrize(
    ("kind", "doer", "opens"),
    [
        (street.REPORT, Doer(9, frozenset({"resident"})), True),
        (street.REPORT, Doer(None, frozenset({"device"})), True),
        (street.REPORT, street.doer(WORKER), True),
        (street.REPORT, street.doer(SUPERVISOR), False),
        (street.REPORT, Doer(9), False),
        (street.BUILDING_REPORT, street.doer(HEAD), True),
        (street.BUILDING_REPORT, Doer(None, frozenset({"device"})), False),
    ],
)
def test_who_may_open(kind: street.Kind, doer: Doer, opens: bool) -> None:
    answer = begin(kind, street.replace(street.facts(kind), doer=doer), MONDAY)
    assert isinstance(answer, Step) if opens else answer == Forbidden("matters.may_not_open")


@pytest.mark.parametrize(
    ("case", "party", "move", "gives", "state", "holder", "outcome"),
    [
        (Case, WORKER, "take_on", {}, "working", WORKER_SEAT, None),
        (Case, WORKER, "raise_up", {"note": True}, "reported", DESK_SEAT, None),
        (working, WORKER, "raise_up", {"note": True}, "reported", DESK_SEAT, None),
        (raised, DESK, "send_down", {"note": True}, "reported", WORKER_SEAT, None),
        (Case, WORKER, "hand_over", {"note": True, "seat": 800}, "reported", SIBLING_SEAT, None),
        (working, WORKER, "pause", {"note": True}, "waiting", WORKER_SEAT, None),
        (lambda: working().does(WORKER, "pause", note=True), WORKER, "resume", {}, "working", WORKER_SEAT, None),
        (working, WORKER, "solve", {"note": True, "photos": True}, "solved", Role("reporter"), None),
        (solved, RESIDENT, "accept", {"rating": 5}, "closed", None, "solved"),
        (solved, RESIDENT, "reopen", {}, "working", WORKER_SEAT, None),
        (closed, RESIDENT, "reopen", {"note": True}, "working", WORKER_SEAT, None),
        (solved, RESIDENT, "complain", {}, "reported", SUPERVISOR_SEAT, None),
        (declined, RESIDENT, "complain", {}, "reported", SUPERVISOR_SEAT, None),
        (Case, WORKER, "decline", {"note": True, "right_office": True}, "declined", None, "declined"),
        (Case, NEIGHBOUR, "follow", {}, "reported", WORKER_SEAT, None),
    ],
)
def test_each_move_made_as_it_is_meant(case, party, move, gives, state, holder, outcome) -> None:  # type: ignore[no-untyped-def]
    before = case()
    after = case().does(party, move, **gives)
    assert (after.now.state, after.holder, after.last.outcome) == (state, holder, outcome)
    assert (after.last.event, after.last.from_state, after.last.to_state) == ("moved", before.now.state, state)
    assert bool(after.now.ended_at) == (outcome is not None)


@pytest.mark.parametrize(
    ("case", "party", "move"),
    [
        (Case, DESK, "take_on"),
        (Case, RESIDENT, "take_on"),
        (Case, SIBLING, "take_on"),
        (working, SUPERVISOR, "solve"),
        (working, DESK, "pause"),
        (raised, WORKER, "take_on"),
        (solved, NEIGHBOUR, "accept"),
        (solved, DESK, "accept"),
        (solved, SUPERVISOR, "accept"),
        (closed, WORKER, "reopen"),
        (solved, NEIGHBOUR, "complain"),
        (Case, DESK, "follow"),
        (Case, RESIDENT, "escalate"),
        (solved, RESIDENT, "lapse"),
    ],
)
def test_the_wrong_person_is_forbidden(case, party, move) -> None:  # type: ignore[no-untyped-def]
    answer = case().asked(party, move, note=True)
    assert answer == Forbidden("matters.not_yours", move=move)


@pytest.mark.parametrize(
    ("case", "party", "move", "code"),
    [
        (Case, WORKER, "solve", "not_from_here"),
        (working, WORKER, "take_on", "not_from_here"),
        (working, RESIDENT, "accept", "not_from_here"),
        (solved, WORKER, "pause", "not_from_here"),
        (closed, WORKER, "solve", "ended"),
        (closed, RESIDENT, "accept", "ended"),
        (closed, NEIGHBOUR, "follow", "ended"),
        (declined, RESIDENT, "reopen", "ended"),
        (Case, WORKER, "fly", "unknown_move"),
        (Case, WORKER, "raise_up", "missing_note"),
        (working, WORKER, "solve", "missing_note"),
        (Case, WORKER, "decline", "missing_note"),
    ],
)
def test_the_wrong_state_and_what_is_missing(case, party, move, code) -> None:  # type: ignore[no-untyped-def]
    assert case().refuses(party, move) == f"matters.{code}"


def test_what_comes_with_a_move() -> None:
    assert working().refuses(WORKER, "solve", note="") == "matters.missing_note"
    assert working().refuses(WORKER, "solve", note=True, colour="red") == "matters.unknown_field"
    for rating in (0, 6, -1, True, "5"):
        assert solved().refuses(RESIDENT, "accept", rating=rating) == "matters.rating_range"
    assert Case().refuses(WORKER, "hand_over", note=True) == "matters.missing_seat"
    for other in (12345, WORKER_SEAT.seat or 0, "800"):
        assert Case().refuses(WORKER, "hand_over", note=True, seat=other) == "matters.seat_not_possible"


@pytest.mark.parametrize(("rating", "satisfied"), [(5, True), (4, True), (3, False), (1, False)])
def test_a_rating_says_whether_somebody_is_satisfied(rating: int, satisfied: bool) -> None:
    assert solved().does(RESIDENT, "accept", rating=rating).last.satisfied is satisfied


def test_silence_is_neither_solved_nor_satisfied() -> None:
    lapsed = solved().ticks()
    assert (lapsed.now.state, lapsed.last.outcome) == ("lapsed", "unanswered")
    assert lapsed.last.satisfied is None and lapsed.last.confirmed is None
    assert closed().last.satisfied is None and closed().last.confirmed is True
    assert solved().does(RESIDENT, "reopen").last.confirmed is False
    assert working().last.confirmed is None


# Limits -----------------------------------------------------------------------------------------------------------


def test_sent_down_twice_then_it_can_only_go_up() -> None:
    case = raised()
    for _ in range(2):
        case.does(DESK, "send_down", note=True).does(WORKER, "raise_up", note=True)
    answer = case.asked(DESK, "send_down", note=True)
    assert (answer.code, answer.data["then"]) == ("matters.limit_reached", "raise_up")  # type: ignore[union-attr]
    offers = {offer.move: offer for offer in possible(case.kind, case.now, case.facts(DESK), case.at)}
    assert "send_down" not in offers and offers["raise_up"].instead_of == ("send_down",)


def test_reopened_twice_then_a_complaint_then_no_more() -> None:
    case = solved()
    for _ in range(2):
        case.does(RESIDENT, "reopen").does(WORKER, "solve", note=True)
    assert case.refuses(RESIDENT, "reopen") == "matters.limit_reached"
    offered = possible(case.kind, case.now, case.facts(RESIDENT), case.at)
    assert [offer.move for offer in offered] == ["accept", "complain"] and offered[1].instead_of == ("reopen",)
    case.does(RESIDENT, "complain").does(SUPERVISOR, "decline", note=True)
    assert case.refuses(RESIDENT, "complain") == "matters.limit_reached"
    assert possible(case.kind, case.now, case.facts(RESIDENT), case.at) == []


def test_reopening_is_possible_for_thirty_days_after_the_end() -> None:
    assert closed().wait(30 * DAY).does(RESIDENT, "reopen").now.state == "working"
    assert closed().wait(30 * DAY + timedelta(seconds=1)).refuses(RESIDENT, "reopen") == "matters.too_late"


def test_handed_over_three_times_and_not_to_oneself() -> None:
    case = Case()
    assert [(o.seats, o.gives["seat"]) for o in offers_of(case, WORKER) if o.move == "hand_over"] == [
        ((SIBLING_SEAT, POLICE_SEAT), "required")
    ]
    case.does(WORKER, "hand_over", note=True, seat=800)
    assert case.refuses(WORKER, "take_on") == "matters.not_yours"
    assert case.refuses(SIBLING, "hand_over", note=True, seat=800) == "matters.seat_not_possible"
    case.does(SIBLING, "take_on").does(SIBLING, "raise_up", note=True)
    assert case.holder == DESK_SEAT
    case.does(DESK, "hand_over", note=True, seat=800).does(SIBLING, "hand_over", note=True, seat=900)
    assert case.holder == POLICE_SEAT and case.now.count("hand_over") == 3


def test_a_neighbour_follows_once_and_the_reporter_need_not() -> None:
    case = working()
    due_at = case.now.due_at
    case.wait(HOUR).does(NEIGHBOUR, "follow").does(SIBLING + 5, "follow")
    assert case.now.count("follow") == 2 and case.now.due_at == due_at and case.now.entered_at == MONDAY
    again = street.replace(case.facts(NEIGHBOUR), done=frozenset({"follow"}))
    assert step(case.kind, case.now, "follow", again, case.at).code == "matters.already_done"  # type: ignore[union-attr]
    assert case.refuses(RESIDENT, "follow") == "matters.own_report"


# Nobody approves what they did themselves --------------------------------------------------------------------------


def test_a_worker_who_solved_what_they_reported_cannot_accept_it() -> None:
    case = Case(opener=WORKER, reporter=WORKER).does(WORKER, "take_on").does(WORKER, "solve", note=True)
    assert case.holder == SUPERVISOR_SEAT
    assert case.asked(WORKER, "accept") == Forbidden("matters.own_work", move="accept")
    assert case.refuses(DESK, "accept") == "matters.not_yours"
    assert [offer.move for offer in offers_of(case, WORKER)] == ["reopen", "complain"]
    assert case.does(SUPERVISOR, "accept", rating=5).last.outcome == "solved"


def test_a_supervisor_who_reported_and_solved_is_answered_from_above() -> None:
    case = Case(opener=DESK, reporter=SUPERVISOR)
    case.changes(rung=2, seat=SUPERVISOR_SEAT, holder=SUPERVISOR_SEAT)
    case.does(SUPERVISOR, "take_on").does(SUPERVISOR, "solve", note=True)
    assert case.holder == OFFICE_SEAT
    assert case.refuses(SUPERVISOR, "accept") == "matters.own_work"
    assert case.does(OFFICE, "accept").now.state == "closed"


def test_without_a_reporter_the_desk_stands_in_and_the_supervisor_for_the_desk() -> None:
    case = Case(reporter=None).does(WORKER, "take_on").does(WORKER, "solve", note=True)
    assert case.holder == DESK_SEAT
    assert case.does(DESK, "accept").now.state == "closed"
    own = Case(reporter=None).does(WORKER, "raise_up", note=True).does(DESK, "take_on").does(DESK, "solve", note=True)
    assert own.holder == SUPERVISOR_SEAT
    assert own.refuses(DESK, "accept") == "matters.own_work"
    assert own.does(SUPERVISOR, "accept").now.state == "closed"


def test_a_complaint_passes_over_whoever_it_is_about() -> None:
    assert solved().does(RESIDENT, "complain").holder == SUPERVISOR_SEAT
    above = raised().does(DESK, "raise_up", note=True).does(SUPERVISOR, "take_on").does(SUPERVISOR, "solve", note=True)
    assert above.does(RESIDENT, "complain").holder == OFFICE_SEAT
    top = raised().does(DESK, "raise_up", note=True).does(SUPERVISOR, "raise_up", note=True)
    top.does(OFFICE, "decline", note=True).does(RESIDENT, "complain")
    assert top.holder == OFFICE_SEAT, "there is nobody above, and nobody below judges their superior"


# Lights, offers, bodies ---------------------------------------------------------------------------------------------


def test_the_lights() -> None:
    case = Case()
    assert case.now.yellow_at and case.now.due_at
    seen = [light(case.now, at) for at in (MONDAY, case.now.yellow_at, case.now.due_at, case.now.due_at + HOUR)]
    assert seen == ["green", "yellow", "yellow", "red"]
    assert light(closed().now, MONDAY + 90 * DAY) is None
    assert light(solved().now, MONDAY + 4 * DAY) == "green", "the overall clock rests while an answer waits"


def test_what_each_may_do_now() -> None:
    assert [offer.move for offer in offers_of(Case(), WORKER)] == ["take_on", "raise_up", "hand_over", "decline"]
    assert [offer.move for offer in offers_of(raised(), DESK)] == [
        "take_on", "raise_up", "send_down", "hand_over", "decline",
    ]  # fmt: skip
    assert offers_of(Case(), RESIDENT) == [] and [offer.move for offer in offers_of(Case(), NEIGHBOUR)] == ["follow"]
    accept, reopen, complain = offers_of(solved(), RESIDENT)
    assert (accept.gives, reopen.left, complain.left) == ({"rating": "optional", "note": "optional"}, 2, 1)


def test_the_body_of_an_event_names_posts_and_nothing_that_is_not_known() -> None:
    assert raised().last.body() == {
        "move": "raise_up", "from": "reported", "to": "reported", "within_due": True, "rungs": 1,
        "post": "grid_worker", "seat": 400, "next_post": "community_desk", "next_seat": 500,
    }  # fmt: skip
    assert closed().last.body() == {
        "move": "accept", "from": "solved", "to": "closed", "outcome": "solved", "within_due": True,
        "confirmed": True, "post": "grid_worker", "seat": 400,
    }  # fmt: skip


def offers_of(case: Case, party: int):  # type: ignore[no-untyped-def]
    return possible(case.kind, case.now, case.facts(party), case.at)
