"""Taking back one's own last move, within half a minute."""

from datetime import timedelta

import pytest

from linli.indicators.models import Tally
from linli.kernel import relay
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.kernel.scope import scope
from linli.matters.commands import tick_due, undo_move
from linli.matters.models import Matter, PublicMatter
from linli.matters.portrait import portrait, seconds_left
from linli.territory.models import Place
from linli.territory.rules import path_range
from tests.cast import WORKING_AT
from tests.matters.corner import Corner, refused, stored

SOON = WORKING_AT + timedelta(seconds=30)
LATE = WORKING_AT + timedelta(seconds=30, microseconds=1)
KEPT = (
    "state",
    "seat_id",
    "holder_id",
    "due_at",
    "yellow_at",
    "next_at",
    "ended_at",
    "outcome",
    "rating",
    "configuration",
)


def undone(corner: Corner, matter: Matter, by: str, at: object = SOON) -> Event:
    return undo_move(by=corner.actor(by), at=at, matter=matter.pk, version=matter.version)  # type: ignore[arg-type]


def figures(corner: Corner) -> dict[str, tuple[int, int]]:
    """Every measure of this corner: total and hits, over all days."""
    found = Place.objects.get(pk=corner.places["community"])
    low, high = path_range(found.path, found.level)
    counted: dict[str, tuple[int, int]] = {}
    for tally in Tally.objects.filter(path__gte=low, path__lt=high).select_related("measure"):
        total, hits = counted.get(tally.measure.name, (0, 0))
        counted[tally.measure.name] = (total + tally.total, hits + tally.hits)
    return {name: figure for name, figure in counted.items() if figure != (0, 0)}


@pytest.mark.parametrize(
    ("move", "by", "gives"),
    [
        ("solve", "grid_worker", {"note": "好了"}),
        ("pause", "grid_worker", {"note": "等零件"}),
        ("raise_up", "grid_worker", {"note": "办不了"}),
        ("decline", "grid_worker", {"note": "不归我们"}),
    ],
)
def test_a_matter_stands_again_as_before(corner: Corner, move: str, by: str, gives: dict[str, str]) -> None:
    before = corner.move(corner.open(), "take_on", by="grid_worker")
    moved = corner.move(before, move, by=by, **gives)
    event = undone(corner, moved, by)
    after = stored(before.pk)
    assert {name: getattr(after, name) for name in KEPT} == {name: getattr(before, name) for name in KEPT}
    assert (event.name, event.body["move"], after.version) == ("matters.matter.moved", "undo", 4)
    assert event.body["undone"]["move"] == move and after.before is None


def test_undoing_an_acceptance_takes_back_the_rating_the_outcome_and_every_figure(own_corner: Corner) -> None:
    solved = own_corner.solved()
    relay.drain(SOON)
    before = figures(own_corner)
    accepted = own_corner.move(solved, "accept", by="resident", rating=5)
    relay.drain(SOON)
    counted = figures(own_corner)
    assert (counted["satisfied"], counted["on_time"], counted["closed"]) == ((1, 1), (1, 1), (1, 1))
    undone(own_corner, accepted, "resident")
    relay.drain(SOON)
    after = stored(solved.pk)
    assert (after.state, after.rating, after.outcome, after.ended_at) == ("solved", None, "", None)
    assert figures(own_corner) == before == {"opened": (1, 1), "responded": (1, 1)}
    face = PublicMatter.objects.get(matter_id=solved.pk)
    assert (face.state, face.rating, face.outcome, face.ended_at) == ("solved", None, "", None)


def test_a_matter_that_was_done_again_by_mistake_has_ended_again(corner: Corner) -> None:
    closed = corner.move(corner.solved(), "accept", by="resident", rating=4)
    undone(corner, corner.move(closed, "reopen", by="resident"), "resident")
    after = stored(closed.pk)
    assert {name: getattr(after, name) for name in KEPT} == {name: getattr(closed, name) for name in KEPT}
    relay.drain(SOON)
    assert PublicMatter.objects.get(matter_id=closed.pk).outcome == "solved"


def test_undoing_a_second_acceptance_leaves_the_first_rating(corner: Corner) -> None:
    matter = corner.move(corner.solved(), "accept", by="resident", rating=2)
    matter = corner.move(matter, "reopen", by="resident")
    matter = corner.move(matter, "solve", by="grid_worker", note="好了")
    matter = corner.move(matter, "accept", by="resident", rating=5)
    undone(corner, matter, "resident")
    assert stored(matter.pk).rating == 2


def test_what_was_taken_back_is_counted_on_the_day_of_the_move(own_corner: Corner) -> None:
    midnight = WORKING_AT.replace(hour=15, minute=59, second=50)  # 23:59:50 in Shuangyashan
    matter = own_corner.move(own_corner.open(at=midnight), "take_on", by="grid_worker", at=midnight)
    undone(own_corner, matter, "grid_worker", midnight + timedelta(seconds=20))
    relay.drain(midnight)
    assert "responded" not in figures(own_corner)
    days = Tally.objects.filter(measure__name="responded", path=matter.path).values_list("on", "total")
    assert [total for _, total in days] == [0]


def test_half_a_minute_and_not_longer(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    worker = corner.actor("grid_worker")
    for at, left in ((WORKING_AT, 30), (SOON, 0)):
        with scope(worker):
            face = portrait(worker, matter.pk, at)
        assert face.can_undo_until == SOON and seconds_left(face, at) == left
    with scope(worker):
        assert portrait(worker, matter.pk, LATE).can_undo_until is None
    with refused("matters.undo_too_late", 422) as caught:
        undone(corner, matter, "grid_worker", LATE)
    assert caught.value.data["seconds"] == 30
    with refused("matters.undo_too_late", 422):
        undone(corner, matter, "grid_worker", WORKING_AT - timedelta(seconds=1))  # a clock that was put back
    undone(corner, matter, "grid_worker", SOON)


def test_only_the_one_who_moved_takes_it_back(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    for by, code, status in (
        ("resident", "matters.not_yours", 403),
        ("community_desk", "matters.not_yours", 403),
        ("neighbour", "not_found", 404),
        ("sibling", "not_found", 404),
    ):
        with refused(code, status):
            undone(corner, matter, by)
        actor = corner.actor(by)
        if status == 403:
            with scope(actor):
                assert portrait(actor, matter.pk, SOON).can_undo_until is None
    for actor in (NOBODY, CLOCK, SYSTEM):
        with pytest.raises(Refusal):
            undo_move(by=actor, at=SOON, matter=matter.pk, version=matter.version)
    assert stored(matter.pk).version == matter.version


def test_nothing_is_taken_back_after_somebody_else_moved(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    after = corner.move(matter, "follow", by="neighbour")
    with refused("stale", 409) as caught:
        undone(corner, matter, "grid_worker")
    assert caught.value.data["version"] == after.version
    with refused("matters.nothing_to_undo", 422):
        undone(corner, after, "grid_worker")
    with pytest.raises(Refusal):
        undone(corner, after, "neighbour")


def test_nothing_is_taken_back_after_the_clock_moved(corner: Corner) -> None:
    matter = corner.move(corner.open(), "raise_up", by="grid_worker", note="办不了")
    assert matter.due_at
    tick_due(matter.due_at)
    with refused("stale", 409):
        undone(corner, matter, "grid_worker")
    with refused("matters.nothing_to_undo", 422):
        undone(corner, stored(matter.pk), "grid_worker")


def test_neither_an_opening_nor_an_undo_is_taken_back(corner: Corner) -> None:
    matter = corner.open()
    with refused("matters.nothing_to_undo", 422):
        undone(corner, matter, "resident")
    matter = corner.move(matter, "take_on", by="grid_worker")
    undone(corner, matter, "grid_worker")
    with refused("matters.nothing_to_undo", 422):
        undone(corner, stored(matter.pk), "grid_worker")


def test_the_same_key_again_gives_the_first_event(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    by = corner.actor("grid_worker")
    first = undo_move(by=by, at=SOON, key="undo", matter=matter.pk, version=2)
    assert undo_move(by=by, at=LATE, key="undo", matter=matter.pk, version=2) == first


def test_whoever_got_it_for_a_moment_knows_of_it_but_does_not_hold_it(corner: Corner) -> None:
    matter = corner.open()
    matter = corner.move(matter, "hand_over", by="grid_worker", seat=corner.seat("sibling"), note="请你看看")
    undone(corner, matter, "grid_worker")
    after = stored(matter.pk)
    assert after.seat_id == corner.seat("grid_worker")
    assert corner.move(after, "take_on", by="grid_worker").state == "working"
