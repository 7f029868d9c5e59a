"""One matter as somebody sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.actor import NOBODY, SYSTEM
from linli.kernel.refusal import Missing, Refusal
from linli.kernel.scope import scope
from linli.matters.commands import tick_due, undo_move, upload_photo
from linli.matters.models import Matter
from linli.matters.portrait import Portrait, portrait
from linli.matters.situation import rules_of
from linli.people.commands import appoint, dismiss, report_absence
from tests.cast import ENTERED_AT, WORKING_AT
from tests.matters.corner import Corner, make, stored
from tests.matters.test_photos import file, picture

LATER = WORKING_AT + timedelta(minutes=5)
NOTE = {"note": "有情况"}


def face(corner: Corner, role: str, matter: Matter, at: Any = LATER) -> Portrait:
    actor = corner.actor(role, at)
    with scope(actor):
        return portrait(actor, matter.pk, at)


def offers(corner: Corner, role: str, matter: Matter) -> list[str]:
    return [offer.move for offer in face(corner, role, matter).offers]


def test_a_timeline_names_offices_and_leaves_residents_unnamed(corner: Corner) -> None:
    matter = corner.solved()
    make(corner, stored(matter.pk), "accept", by="resident", note="谢谢", rating=5)
    seen = face(corner, "community_desk", matter)
    told = [(e.event.body["move"], e.by.name if e.by else None, e.by_reporter, dict(e.texts)) for e in seen.timeline]
    assert told == [
        ("open", None, True, {"what": "楼道灯坏了"}),
        ("take_on", "grid_worker甲", False, {}),
        ("solve", "grid_worker甲", False, {"note": "换了灯泡"}),
        ("accept", None, True, {"note": "谢谢"}),
    ]
    assert seen.what == "楼道灯坏了" and seen.form == {"topic": "lighting"}
    assert "resident某" not in repr(seen)


def test_a_neighbour_who_follows_stays_unnamed_even_when_they_hold_a_post(corner: Corner) -> None:
    matter = corner.open()
    for by in ("neighbour", "police"):
        make(corner, stored(matter.pk), "follow", by=by)
    seen = face(corner, "grid_worker", matter)
    assert [(entry.by, entry.by_reporter) for entry in seen.timeline[1:]] == [(None, False)] * 2
    assert face(corner, "police", matter).followed and not seen.followed


def test_staff_who_raise_a_matter_speak_as_the_reporter_and_work_in_office(corner: Corner) -> None:
    matter = corner.move(corner.open(by="grid_worker"), "take_on", by="grid_worker")
    told = [(entry.by is not None, entry.by_reporter) for entry in face(corner, "community_desk", matter).timeline]
    assert told == [(False, True), (True, False)]


def test_what_somebody_did_stays_with_the_post_they_had_then(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.open(), "take_on", by="grid_worker")
    party = own_corner.party("grid_worker")
    dismiss(by=SYSTEM, at=LATER, seat=own_corner.seat("grid_worker"), party=party)
    community = own_corner.places["community"]
    appoint(by=SYSTEM, at=LATER, post="community_desk", place=community, party=party, shown_name="甲主任")
    by = face(own_corner, "resident", matter, LATER + timedelta(days=1)).timeline[1].by
    assert by and (by.post, by.name) == ("grid_worker", "grid_worker甲")


def test_a_substitute_is_named_by_their_own_post(own_corner: Corner) -> None:
    report_absence(by=own_corner.actor("grid_worker"), at=ENTERED_AT, substitute=own_corner.party("sibling"))
    matter = own_corner.move(own_corner.open(), "take_on", by="sibling")
    seen = face(own_corner, "resident", matter)
    assert seen.timeline[1].by and seen.timeline[1].by.name == "sibling甲"
    assert [(holder.name, holder.substitute) for holder in seen.holders] == [("sibling甲", True)]


def test_the_clock_is_nobody(corner: Corner) -> None:
    matter = corner.open()
    assert matter.due_at
    tick_due(matter.due_at)
    last = face(corner, "resident", matter, matter.due_at).timeline[-1]
    assert (last.event.by, last.by, last.by_reporter) == ("clock", None, False)


def test_photos_stand_at_the_step_that_shows_them(corner: Corner) -> None:
    uploads = {
        role: str(upload_photo(by=corner.actor(role), at=WORKING_AT, data=file(picture((8, 8)), "PNG")))
        for role in ("resident", "grid_worker")
    }
    matter = corner.move(corner.open(photos=[uploads["resident"]]), "take_on", by="grid_worker")
    matter = corner.move(matter, "solve", by="grid_worker", photos=[uploads["grid_worker"]], **NOTE)
    shown = [entry.photos for entry in face(corner, "resident", matter).timeline]
    assert shown == [(uploads["resident"],), (), (uploads["grid_worker"],)]


@pytest.mark.parametrize(
    ("role", "moves"),
    [
        ("grid_worker", ["take_on", "raise_up", "hand_over", "decline", "follow"]),
        ("community_desk", ["follow"]),
        ("police", ["follow"]),
        ("resident", []),
    ],
)
def test_offers_are_the_moves_that_this_person_may_make(corner: Corner, role: str, moves: list[str]) -> None:
    assert offers(corner, role, corner.open()) == moves


def test_offers_after_an_answer_and_after_the_end(corner: Corner) -> None:
    matter = corner.solved()
    assert offers(corner, "resident", matter) == ["accept", "reopen", "complain"]
    assert offers(corner, "grid_worker", matter) == []
    closed = corner.move(matter, "accept", by="resident")
    assert offers(corner, "resident", closed) == ["reopen", "complain"]
    declined = corner.move(corner.open(), "decline", by="grid_worker", **NOTE)
    assert offers(corner, "resident", declined) == ["complain"]


@pytest.mark.parametrize("role", ["resident", "grid_worker", "community_desk", "supervisor"])
@pytest.mark.parametrize("state", ["reported", "working", "solved", "closed"])
def test_every_offer_is_taken_and_nothing_else(corner: Corner, state: str, role: str) -> None:
    """What is offered works; what is not offered is refused."""
    matter = _brought(corner, state)
    offered = {offer.move: offer for offer in face(corner, role, matter).offers}
    for move in rules_of(matter.kind_id).moves:
        given: dict[str, Any] = {}
        if move not in offered or offered[move].gives.get("note") == "required":
            given = {**NOTE, "seat": corner.seat("police")} if move == "hand_over" else NOTE
        try:
            make(corner, matter, move, by=role, at=LATER, **given)
            made = True
            matter = _brought(corner, state)
        except Refusal:
            made = False
        assert made == (move in offered), move


def _brought(corner: Corner, state: str) -> Matter:
    matter = corner.open()
    if state != "reported":
        matter = corner.move(matter, "take_on", by="grid_worker")
    if state in ("solved", "closed"):
        matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    return corner.move(matter, "accept", by="resident") if state == "closed" else matter


def test_whoever_may_not_see_it_finds_nothing(corner: Corner) -> None:
    matter = corner.open()
    for role in ("neighbour", "across", "sibling"):
        with pytest.raises(Missing):
            face(corner, role, matter)
    with scope(NOBODY), pytest.raises(Missing):
        portrait(NOBODY, matter.pk, LATER)
    elsewhere = corner.scene.actor("grid_worker")
    with scope(elsewhere), pytest.raises(Missing):
        portrait(elsewhere, matter.pk, LATER)


def test_a_long_history_costs_no_more_statements(own_corner: Corner) -> None:
    short = own_corner.open()
    long = own_corner.open()
    for _ in range(10):
        long = own_corner.move(long, "take_on", by="grid_worker")
        undo_move(by=own_corner.actor("grid_worker"), at=WORKING_AT, matter=long.pk, version=long.version)
        long = stored(long.pk)
    worker = own_corner.actor("grid_worker")
    counts = []
    for matter in (short, long):
        with CaptureQueriesContext(connection) as queries, scope(worker):
            portrait(worker, matter.pk, LATER)
        counts.append(len([query for query in queries.captured_queries if query["sql"] not in ("BEGIN", "COMMIT")]))
    assert counts[0] == counts[1] <= 13, counts  # the scope is one of them
    assert [entry.event.seq for entry in face(own_corner, "grid_worker", long).timeline] == list(range(1, 22))
