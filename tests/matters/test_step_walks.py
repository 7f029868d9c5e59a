"""Random lives of matters: whatever people, time and vacancies do, a matter is with someone until an end."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.matters.rules import (
    Configuration,
    Facts,
    Made,
    Role,
    Seat,
    Step,
    begin,
    light,
    possible,
    settle,
    step,
    tick,
    undo,
)
from linli.matters.schema import Kind
from tests.matters import street
from tests.matters.street import MONDAY, POSTS, REPORT, RESIDENT, WORKER

PEOPLE = [RESIDENT, street.NEIGHBOUR, *POSTS, *street.ASIDE]
KINDS = [street.REPORT, street.BUILDING_REPORT]
MOVES = sorted({move for kind in KINDS for move in kind.moves} | {"fly"})
OFTEN = ("take_on", "solve", "accept", "reopen")  # so that walks come through the whole of a life
GIVEN = st.dictionaries(
    st.sampled_from(["note", "photos", "rating", "right_office", "seat", "colour"]),
    st.sampled_from([True, False, "", 0, 3, 5, 800, 900]),
    max_size=3,
)


@dataclass(frozen=True)
class Deed:
    """One thing that happens after a while, with some posts vacant: a person tries a move that need not be possible, or
    somebody takes one of those that are (`pick` says which, of all that anybody is offered)."""

    after: timedelta
    vacant: frozenset[int]
    pick: int
    party: int
    move: str
    given: dict[str, object]
    tries: bool


whiles = st.one_of(
    st.just(timedelta(seconds=5)),
    st.timedeltas(timedelta(), timedelta(hours=3)),
    st.timedeltas(timedelta(), timedelta(hours=3)),
    st.timedeltas(timedelta(), timedelta(days=20)),
)
vacancies = st.one_of(
    st.just(frozenset[int]()), st.just(frozenset[int]()), st.frozensets(st.sampled_from(list(POSTS)), max_size=3)
)
deeds = st.builds(
    Deed,
    whiles,
    vacancies,
    st.sampled_from(range(60)),
    st.sampled_from(PEOPLE),
    st.sampled_from(MOVES),
    GIVEN,
    st.sampled_from([False, False, True]),
)
reporters = st.sampled_from([RESIDENT, WORKER, None])


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(KINDS), reporters, st.lists(deeds, min_size=8, max_size=25))
def test_a_walk_never_leaves_the_road(kind: Kind, reporter: int | None, walk: list[Deed]) -> None:
    opener = reporter or RESIDENT
    opened = begin(kind, street.facts(kind, opener, reporter=reporter), MONDAY)
    assert isinstance(opened, Step)
    now, at = opened.configuration, MONDAY
    consistent(kind, now)
    for deed in walk:
        at += deed.after
        facts = street.facts(kind, deed.party, vacant=deed.vacant, reporter=reporter)
        now = settled(kind, ticked(kind, now, facts, at), facts, at)
        after, party = acted(kind, now, deed, facts, at)
        consistent(kind, after)
        taken_back(now, after, Made(deed.move, party, at), facts)
        now = after
    assert ends(kind, now, reporter, at), "an end stays within reach"


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(KINDS), st.lists(deeds, min_size=2, max_size=12))
def test_the_clock_alone_comes_to_rest(kind: Kind, walk: list[Deed]) -> None:
    """From anywhere, with nobody acting: an end, or the top rung with a reminder each working day."""
    now, at = begun(kind), MONDAY
    for deed in walk:
        at += deed.after
        now, _ = acted(kind, now, deed, street.facts(kind, deed.party, vacant=deed.vacant), at)
    facts = street.facts(kind)
    for _ in range(2 * len(kind.ladder) + 4):
        if now.next_at is None or now.reminders:
            break
        made = tick(kind, now, facts, max(at, now.next_at))
        assert made
        at, now = max(at, now.next_at), made.configuration
        consistent(kind, now)
    assert now.ended_at or (now.reminders == 1 and now.rung == len(kind.ladder) - 1)


@given(st.sampled_from(MOVES), st.sampled_from(PEOPLE), GIVEN, st.timedeltas(timedelta(), timedelta(days=60)))
@settings(max_examples=100, deadline=None)
def test_the_same_question_has_the_same_answer(
    move: str, party: int, given_: dict[str, object], later: timedelta
) -> None:
    now = begun(REPORT)
    facts = replace(street.facts(REPORT, party), gives=given_)
    assert step(REPORT, now, move, facts, MONDAY + later) == step(REPORT, now, move, facts, MONDAY + later)


# What must hold -----------------------------------------------------------------------------------------------------


def consistent(kind: Kind, now: Configuration) -> None:
    state = kind.states[now.state]
    ended = state.kind == "end"
    assert bool(now.ended_at) == ended
    assert (now.holder is None) == ended
    assert (now.clock is not None) == (state.due is not None)
    assert bool(now.stopped) == (state.clock == "stopped")
    if kind.held_by_office(now.state):
        assert now.holder == now.seat and now.resting is None
    else:
        assert now.resting is not None
        assert ended or isinstance(now.holder, Role | Seat)
    assert 0 <= now.rung < len(kind.ladder)
    assert now.clock is None or now.clock.yellow_at <= now.clock.due_at
    for move, times in now.counters:
        assert 0 < times <= (kind.moves[move].at_most or 1000)
    assert (now.next_at is None) == ended
    written = json.loads(json.dumps(now.to_json()))
    assert Configuration.from_json(written) == now
    assert light(now, now.entered_at) in (None, "green", "yellow", "red")


def ends(kind: Kind, now: Configuration, reporter: int | None, at: datetime) -> bool:
    """Whether the people there are can bring it to an end, by what is offered to them, in a few steps."""
    for _ in range(4):
        if now.ended_at:
            return True
        for party in PEOPLE:
            facts = street.facts(kind, party, reporter=reporter)
            offers = {offer.move for offer in possible(kind, now, facts, at)}
            forward = next((move for move in ("accept", "solve", "resume", "take_on") if move in offers), None)
            if forward:
                made = step(kind, now, forward, given_with(facts, kind, forward), at)
                assert isinstance(made, Step)
                now = made.configuration
                break
    return bool(now.ended_at)


def taken_back(before: Configuration, after: Configuration, made: Made, facts: Facts) -> None:
    if before != after:
        back = undo(before, after, made, replace(facts, doer=street.doer(made.by or 0)), made.at)
        assert isinstance(back, Step) and back.configuration == before


# What happens -------------------------------------------------------------------------------------------------------


def begun(kind: Kind) -> Configuration:
    opened = begin(kind, street.facts(kind, RESIDENT), MONDAY)
    assert isinstance(opened, Step)
    return opened.configuration


def acted(kind: Kind, now: Configuration, deed: Deed, facts: Facts, at: datetime) -> tuple[Configuration, int]:
    """Where the deed leads, and who did it. What is offered must succeed; what is refused has a reason."""
    if deed.tries:
        tried = step(kind, now, deed.move, replace(facts, gives=deed.given), at)  # type: ignore[arg-type]
        assert isinstance(tried, Step) or tried.code.startswith("matters.")
        return (tried.configuration if isinstance(tried, Step) else now), deed.party
    offered = [
        (party, offer)
        for party in PEOPLE
        for offer in possible(kind, now, replace(facts, doer=street.doer(party)), at)
        for _ in range(4 if offer.move in OFTEN else 1)
    ]
    if not offered:
        return now, deed.party
    party, offer = offered[deed.pick % len(offered)]
    chosen = offer.seats[deed.pick % len(offer.seats)].seat if offer.seats else None
    made = step(
        kind, now, offer.move, given_with(replace(facts, doer=street.doer(party)), kind, offer.move, chosen), at
    )
    assert isinstance(made, Step), made
    return made.configuration, party


def given_with(facts: Facts, kind: Kind, move: str, seat: int | None = None) -> Facts:
    """The same, giving all that the move requires."""
    required = {field: True for field, need in kind.moves[move].gives.items() if need == "required"}
    return replace(facts, gives={**required, "seat": seat} if seat else required)


def ticked(kind: Kind, now: Configuration, facts: Facts, at: datetime) -> Configuration:
    for _ in range(50):
        made = tick(kind, now, facts, at)
        if made is None:
            assert now.next_at is None or now.next_at > at, "the clock is not left with what it should look at"
            return now
        now = made.configuration
        consistent(kind, now)
    pytest.fail("the clock does not come to rest")


def settled(kind: Kind, now: Configuration, facts: Facts, at: datetime) -> Configuration:
    made = settle(kind, now, facts, at)
    if made:
        consistent(kind, made.configuration)
        assert made.event == "reseated" and settle(kind, made.configuration, facts, at) is None
    return made.configuration if made else now
