"""A complaint is dealt with by others than the one it is about, also where that one fills several posts."""

from dataclasses import replace

from linli.matters.rules import Configuration, Doer, Facts, Rung, Step, step, tick
from tests.matters.street import (
    DESK,
    NEIGHBOUR,
    OFFICE,
    RESIDENT,
    SUPERVISOR,
    WORKER,
    Case,
    seat,
    solved,
)

COLLEAGUE = NEIGHBOUR  # who sits at the supervisor's desk too


def shared(facts: Facts, post: int, *parties: int) -> Facts:
    """The same world with these parties at the seat of a post."""
    rungs = [replace(r, parties=frozenset(parties)) if r.seat == seat(post) else r for r in facts.ladder]
    return replace(facts, ladder=tuple(rungs))


def at_seats(facts: Facts, party: int, *posts: int) -> Facts:
    return replace(facts, doer=Doer(party, seats=frozenset(seat(post) for post in posts)))


def code(case: Case, move: str, facts: Facts) -> str:
    made = step(case.kind, case.now, move, facts, case.at)
    return "" if isinstance(made, Step) else made.code


def test_who_solved_it_does_not_take_on_the_complaint_at_a_desk_they_share() -> None:
    case = solved().does(RESIDENT, "complain")
    assert case.now.complained_of == WORKER
    assert Configuration.from_json(case.now.to_json()) == case.now
    together = shared(case.facts(WORKER), SUPERVISOR, WORKER, COLLEAGUE)
    assert code(case, "take_on", at_seats(together, WORKER, WORKER, SUPERVISOR)) == "matters.not_yours"
    assert code(case, "take_on", at_seats(together, COLLEAGUE, SUPERVISOR)) == ""


def test_where_nobody_else_is_left_they_answer_it_themselves() -> None:
    case = solved().does(RESIDENT, "complain")
    alone = shared(case.facts(WORKER), SUPERVISOR, WORKER)
    assert code(case, "take_on", at_seats(alone, WORKER, SUPERVISOR)) == ""


def test_a_late_complaint_goes_up_past_them_too() -> None:
    raised = Case().does(WORKER, "raise_up", note=True).does(DESK, "take_on").does(DESK, "solve", note=True)
    case = raised.does(RESIDENT, "complain")
    assert case.now.seat.seat == seat(SUPERVISOR)
    case.at = case.now.due_at or case.at
    four = case.facts()
    five = replace(
        shared(four, OFFICE, DESK), ladder=(*shared(four, OFFICE, DESK).ladder, Rung("top", 990, frozenset({99})))
    )
    made = tick(case.kind, case.now, five, case.at)
    assert made and made.move == "escalate" and made.configuration.seat.post == "top"


def test_the_answer_to_a_complaint_ends_it() -> None:
    case = solved().does(RESIDENT, "complain").does(SUPERVISOR, "take_on").does(SUPERVISOR, "solve", note=True)
    assert (case.now.complained_of, case.now.solver) == (None, SUPERVISOR)
    assert case.does(RESIDENT, "reopen").now.complained_of is None
