"""What everybody may know of matters: no words, no persons, no door; and what neighbours follow."""

from datetime import timedelta
from typing import Any

from linli.kernel import relay
from linli.kernel.actor import NOBODY, SYSTEM
from linli.kernel.scope import scope
from linli.matters.models import Matter, PublicMatter, Reader, Token
from linli.matters.queries import (
    asking,
    followed,
    followed_face,
    open_nearby,
    overdue_open,
    places_reported,
    results,
    shared_by,
)
from linli.territory import queries as territory
from linli.territory.rules import path_range
from tests.cast import WORKING_AT
from tests.matters.corner import Corner

DAY = timedelta(days=1)
NOTE = {"note": "找张三，电话13912345678"}


def public(matter: Matter) -> PublicMatter:
    relay.drain(WORKING_AT)
    return PublicMatter.objects.select_related("place").get(matter_id=matter.pk)


def reach(corner: Corner) -> tuple[int, int]:
    found = territory.place(corner.places["community"])
    return path_range(found.path, found.level)


def everything(model: Any) -> list[tuple[Any, ...]]:
    """All rows without the ids of those that are written anew."""
    columns = [field.attname for field in model._meta.fields if field.attname != "id" or model is PublicMatter]
    return sorted(model.objects.values_list(*columns), key=repr)


def test_a_public_face_has_no_words_no_persons_and_no_door(corner: Corner) -> None:
    matter = corner.open(what="三单元张三家门口漏水，电话13912345678", topic="water")
    matter = corner.move(matter, "decline", by="grid_worker", right_office="供水公司张三", **NOTE)
    face = public(matter)
    written = " ".join(str(getattr(face, field.attname)) for field in PublicMatter._meta.fields)
    assert not any(secret in written for secret in ("张三", "139", "漏水", "某", "甲"))
    assert {field.name for field in PublicMatter._meta.fields} == {
        "matter_id", "number", "kind", "topic", "place", "path", "state", "opened_at", "due_at", "ended_at", "outcome",
        "followers", "rating",
    }  # fmt: skip
    assert face.place_id == corner.places["building"] and face.path == face.place.path
    assert (face.state, face.outcome, face.topic) == ("declined", "declined", "water")


def test_it_follows_the_matter_through_its_life(corner: Corner) -> None:
    matter = corner.open()
    assert (public(matter).state, public(matter).due_at) == ("reported", matter.due_at)
    matter = corner.move(matter, "follow", by="neighbour")
    matter = corner.move(matter, "take_on", by="grid_worker")
    face = public(matter)
    assert (face.state, face.followers, face.due_at, face.ended_at) == ("working", 1, matter.due_at, None)
    matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    matter = corner.move(matter, "accept", by="resident", rating=3, at=WORKING_AT + DAY)
    face = public(matter)
    assert (face.state, face.outcome, face.rating, face.ended_at) == ("closed", "solved", 3, WORKING_AT + DAY)
    matter = corner.move(matter, "reopen", by="resident", at=WORKING_AT + DAY)
    assert (public(matter).outcome, public(matter).ended_at) == ("", None)


def test_neighbours_find_what_is_open_nearby(own_corner: Corner) -> None:
    first = own_corner.open(topic="water")
    second = own_corner.move(own_corner.open(), "follow", by="neighbour")
    closed = own_corner.move(own_corner.open(), "decline", by="grid_worker", **NOTE)
    across = own_corner.open(by="across", place="across")
    relay.drain(WORKING_AT)
    building = [territory.place(own_corner.places["building"])]
    assert [face.matter_id for face in open_nearby(building)] == [second.pk, first.pk]
    assert [face.matter_id for face in open_nearby(building, topic="water")] == [first.pk]
    both = [*building, territory.place(own_corner.places["other_building"])]
    assert {face.matter_id for face in open_nearby(both)} == {first.pk, second.pk, across.pk}
    assert open_nearby([]) == [] and len(open_nearby(both, limit=1)) == 1
    assert closed.pk not in {face.matter_id for face in open_nearby(both)}


def test_results_are_those_that_ended_in_the_time(own_corner: Corner) -> None:
    low, high = reach(own_corner)
    for days in range(3):
        matter = own_corner.open(at=WORKING_AT + days * DAY)
        own_corner.move(matter, "decline", by="grid_worker", at=WORKING_AT + days * DAY, **NOTE)
    relay.drain(WORKING_AT)
    ended = results(low, high, since=WORKING_AT, until=WORKING_AT + 2 * DAY)
    assert [face.ended_at for face in ended] == [WORKING_AT + DAY, WORKING_AT]
    assert results(low, high, since=WORKING_AT, until=WORKING_AT + 3 * DAY, page=2) == []
    assert results(high, high + 1, since=WORKING_AT, until=WORKING_AT + 9 * DAY) == []


def test_overdue_open_matters_are_counted(own_corner: Corner) -> None:
    low, high = reach(own_corner)
    matter = own_corner.open()
    own_corner.move(own_corner.open(), "decline", by="grid_worker", **NOTE)
    relay.drain(WORKING_AT)
    assert matter.due_at
    assert overdue_open(low, high, matter.due_at) == 0
    assert overdue_open(low, high, matter.due_at + timedelta(microseconds=1)) == 1


def test_what_is_followed_is_shown_to_whoever_follows_it(own_corner: Corner) -> None:
    matter, other = own_corner.open(), own_corner.open()
    own_corner.move(matter, "follow", by="neighbour")
    relay.drain(WORKING_AT)
    neighbour, across = own_corner.actor("neighbour"), own_corner.actor("across")
    with scope(neighbour):
        assert [face.matter_id for face in followed(neighbour)] == [matter.pk]
        assert followed_face(neighbour, matter.pk) and followed_face(neighbour, other.pk) is None
        assert shared_by(neighbour, [matter.pk, other.pk]) == {matter.pk}
    for actor in (across, NOBODY):
        with scope(actor):
            assert followed(actor) == [] and followed_face(actor, matter.pk) is None
            assert shared_by(actor, [matter.pk]) == set()
    resident = own_corner.actor("resident")
    with scope(resident):
        assert shared_by(resident, [matter.pk, other.pk]) == {matter.pk, other.pk}
        assert followed_face(resident, matter.pk) is None


def test_a_reporter_is_asked_and_their_places_are_remembered(own_corner: Corner) -> None:
    solved = own_corner.solved()
    for place in ("building", "community", "building", "grid", "across"):
        own_corner.open(place=place, at=WORKING_AT + timedelta(minutes=1))
    resident, worker = own_corner.actor("resident"), own_corner.actor("grid_worker")
    with scope(resident):
        assert [matter.pk for matter in asking(resident)] == [solved.pk]
        assert len(places_reported(resident)) == 3 and own_corner.places["home"] not in places_reported(resident)
    with scope(worker):
        assert asking(worker) == [] and places_reported(worker) == []


def test_projections_are_the_same_when_history_is_replayed(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.solved(), "accept", by="resident", rating=5)
    own_corner.move(own_corner.open(by="across", place="across"), "follow", by="resident")
    own_corner.move(matter, "reopen", by="resident")
    relay.drain(WORKING_AT)
    for name, model in (("matters.public", PublicMatter), ("matters.search", Token), ("matters.readers", Reader)):
        with scope(SYSTEM):
            before = everything(model)
        relay.rebuild(name)
        with scope(SYSTEM):
            assert everything(model) == before and before
    assert relay.parked() == []
