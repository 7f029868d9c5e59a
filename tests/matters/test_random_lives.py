"""Lives of matters at random, by people and by the clock: what is written in several places agrees everywhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from linli.indicators.models import Tally
from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.audit import audit
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.kernel.scope import scope
from linli.matters.commands import settle_vacant, tick_due, undo_move
from linli.matters.models import Follow, Matter, PublicMatter
from linli.matters.rules import Configuration
from linli.people.commands import dismiss
from tests.cast import WORKING_AT
from tests.matters.corner import Corner, make, stored

ROLES = ("resident", "neighbour", "building_head", "grid_worker", "sibling", "police", "community_desk", "supervisor")
MOVES = (
    "take_on", "take_on", "solve", "solve", "raise_up", "send_down", "hand_over", "pause", "resume", "decline",
    "accept", "accept", "reopen", "complain", "follow",
)  # fmt: skip
STEPS = 120


def play(corner: Corner, chance: Random) -> Iterator[Matter]:
    """Matters are opened and moved by whoever tries; time goes on; a post is vacant now and then."""
    at = WORKING_AT
    matters = [
        corner.open(kind, by=by, at=at) for kind in ("report", "building_report") for by in ("resident", "police")
    ]
    for _ in range(STEPS):
        at += timedelta(minutes=chance.choice((0, 1, 7, 60, 600, 3000)))
        turn = chance.random()
        if turn < 0.12:
            tick_due(at)
        elif turn < 0.18:
            _change_hands(corner, chance, at)
        else:
            number = chance.randrange(len(matters))
            _try(corner, stored(matters[number].pk), chance, at)
    yield from (stored(matter.pk) for matter in matters)


def _try(corner: Corner, matter: Matter, chance: Random, at: datetime) -> None:
    role, move = chance.choice(ROLES), chance.choice(MOVES)
    gives: dict[str, object] = {"note": "说明"} if chance.random() < 0.8 else {}
    if move == "accept":
        gives["rating"] = chance.randint(1, 5)
    if move == "follow":
        gives = {}
    if move == "hand_over":
        gives["seat"] = corner.seat(chance.choice(("police", "sibling", "grid_worker", "building_head")))
    try:
        event = make(corner, matter, move, by=role, at=at, **gives)
        if chance.random() < 0.15:
            undo_move(by=corner.actor(role, at), at=at, matter=matter.pk, version=event.seq)
    except Refusal as refusal:
        assert refusal.status in (403, 404, 422), refusal.code


def _change_hands(corner: Corner, chance: Random, at: datetime) -> None:
    role = chance.choice(("grid_worker", "police", "building_head"))
    try:
        dismiss(by=SYSTEM, at=at, seat=corner.seat(role), party=corner.party(role))
    except Refusal:
        corner.appoint(role, at=at)
    settle_vacant(at)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_in_several_places_agrees(own_corner: Corner, seed: int) -> None:
    matters = list(play(own_corner, Random(seed)))
    relay.drain(WORKING_AT)
    for matter in matters:
        configuration = Configuration.from_json(matter.configuration)
        assert (matter.state, matter.next_at, matter.ended_at) == (
            configuration.state, configuration.next_at, configuration.ended_at,
        )  # fmt: skip
        assert (
            (matter.outcome != "") == (matter.ended_at is not None) == (matter.seat_id is None and not matter.holder_id)
        )
        with scope(SYSTEM):
            assert matter.followers == Follow.objects.filter(matter=matter).count() == configuration.count("follow")
        face = PublicMatter.objects.get(matter_id=matter.pk)
        shared = ("state", "due_at", "ended_at", "outcome", "followers", "rating")
        assert [getattr(face, name) for name in shared] == [getattr(matter, name) for name in shared]
        events = list(Event.objects.filter(subject=matter.subject).order_by("seq"))
        assert [event.seq for event in events] == list(range(1, matter.version + 1))
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].body["to"] == matter.state
    columns = ("measure_id", "place_id", "path", "post", "on", "total", "hits")
    live = set(Tally.objects.exclude(total=0, hits=0).values_list(*columns))
    relay.rebuild("indicators.tallies")
    assert set(Tally.objects.exclude(total=0, hits=0).values_list(*columns)) == live
    assert all(0 <= hits <= total for *_, total, hits in live)
    assert audit().findings == () and relay.parked() == []
