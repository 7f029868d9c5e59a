"""Moving a matter, through the command: every move of both kinds, and everybody who may not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.kernel import relay
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM
from linli.kernel.event import Event
from linli.kernel.refusal import Refusal
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, upload_photo
from linli.matters.models import Follow, Matter, Photo
from linli.matters.portrait import portrait
from linli.people.commands import dismiss, report_absence
from linli.people.models import Seat
from tests.cast import ENTERED_AT, WORKING_AT
from tests.conftest import SCRATCH
from tests.matters.corner import Corner, events, make, refused, stored
from tests.matters.test_photos import file, picture

NOTE = {"note": "有情况"}
BAD_RATINGS = (0, 6, 4.5, True, "x", [5])
LATER = WORKING_AT + timedelta(minutes=5)
Step = tuple[str, str, dict[str, Any]]
TAKEN: tuple[Step, ...] = (("take_on", "first", {}),)
PAUSED: tuple[Step, ...] = (*TAKEN, ("pause", "first", NOTE))
RAISED: tuple[Step, ...] = (*TAKEN, ("raise_up", "first", NOTE))
SOLVED: tuple[Step, ...] = (*TAKEN, ("solve", "first", NOTE))
CLOSED: tuple[Step, ...] = (*SOLVED, ("accept", "resident", {"rating": 2}))
DECLINED: tuple[Step, ...] = (("decline", "first", NOTE),)

# The first and the second rung of each kind, and whom its complaints go to.
KINDS = {
    "report": {"first": "grid_worker", "second": "community_desk", "complaints": "supervisor"},
    "building_report": {"first": "building_head", "second": "grid_worker", "complaints": "community_desk"},
}
# What came before, the move, by whom, what it gives: the state after it, who holds it then, and what its event says.
MOVES: list[tuple[tuple[Step, ...], str, str, dict[str, Any], str, str, dict[str, Any]]] = [
    ((), "take_on", "first", {}, "working", "first", {"within_due": True}),
    ((), "take_on", "first", NOTE, "working", "first", {"within_due": True}),
    ((), "raise_up", "first", NOTE, "reported", "second", {"rungs": 1, "within_due": True}),
    (TAKEN, "raise_up", "first", NOTE, "reported", "second", {"rungs": 1}),
    (RAISED, "take_on", "second", {}, "working", "second", {"post": "second"}),
    (RAISED, "send_down", "second", NOTE, "reported", "first", {"rungs": -1}),
    ((), "decline", "first", {**NOTE, "right_office": "供热公司"}, "declined", "", {"outcome": "declined"}),
    (TAKEN, "decline", "first", NOTE, "declined", "", {"outcome": "declined"}),
    (TAKEN, "pause", "first", NOTE, "waiting", "first", {"within_due": True}),
    (PAUSED, "resume", "first", {}, "working", "first", {}),
    (TAKEN, "solve", "first", NOTE, "solved", "resident", {"within_due": True}),
    (SOLVED, "accept", "resident", {}, "closed", "", {"outcome": "solved", "confirmed": True, "within_due": True}),
    (SOLVED, "accept", "resident", {"rating": 4}, "closed", "", {"satisfied": True, "rating": 4}),
    (SOLVED, "accept", "resident", {"rating": 3, **NOTE}, "closed", "", {"satisfied": False, "rating": 3}),
    (SOLVED, "reopen", "resident", {}, "working", "first", {"confirmed": False}),
    (CLOSED, "reopen", "resident", NOTE, "working", "first", {"confirmed": False}),
    (SOLVED, "complain", "resident", NOTE, "reported", "complaints", {"confirmed": False}),
    (CLOSED, "complain", "resident", {}, "reported", "complaints", {"confirmed": False}),
    (DECLINED, "complain", "resident", {}, "reported", "complaints", {"confirmed": False}),
    ((), "follow", "neighbour", {}, "reported", "first", {"followers": 1}),
    (PAUSED, "follow", "across", {}, "waiting", "first", {"followers": 1}),
]


def brought(corner: Corner, kind: str, before: tuple[Step, ...]) -> Matter:
    """A matter that has come this far."""
    matter = corner.open(kind)
    for move, by, gives in before:
        matter = corner.move(matter, move, by=KINDS[kind].get(by, by), **gives)
    return matter


@pytest.mark.parametrize(("before", "move", "by", "gives", "state", "holder", "told"), MOVES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_move_of_both_kinds(
    corner: Corner,
    kind: str,
    before: tuple[Step, ...],
    move: str,
    by: str,
    gives: dict[str, Any],
    state: str,
    holder: str,
    told: dict[str, Any],
) -> None:
    roles = KINDS[kind]
    matter = brought(corner, kind, before)
    event = make(corner, matter, move, by=roles.get(by, by), at=LATER, **gives)
    moved = stored(matter.pk)
    assert (moved.state, moved.version, event.seq) == (state, matter.version + 1, matter.version + 1)
    assert (event.name, event.body["move"], event.body["to"]) == ("matters.matter.moved", move, state)
    expected = {name: roles.get(value, value) if name == "post" else value for name, value in told.items()}
    assert {name: event.body.get(name) for name in expected} == expected
    assert moved.holder_id == (corner.party("resident") if holder == "resident" else None)
    assert moved.seat_id == (corner.seat(roles[holder]) if holder in roles else None)
    assert (moved.ended_at is not None) == (holder == "") == (moved.due_at is None)
    assert "有情况" not in str(event.body)


def test_what_is_given_in_words_stands_beside_the_event(corner: Corner) -> None:
    matter = corner.open()
    event = make(corner, matter, "decline", by="grid_worker", note="不归我们管", right_office="供热公司")
    resident = corner.actor("resident")
    with scope(resident):
        last = portrait(resident, matter.pk, LATER).timeline[-1]
    assert last.event == event and last.texts == {"note": "不归我们管", "right_office": "供热公司"}


def test_a_rating_stands_until_it_is_given_anew(corner: Corner) -> None:
    matter = brought(corner, "report", CLOSED)
    assert matter.rating == 2
    matter = corner.move(matter, "reopen", by="resident")
    matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    assert corner.move(matter, "accept", by="resident", rating=5).rating == 5


# Who may not --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "move", "by", "code", "status"),
    [
        ((), "take_on", "community_desk", "matters.not_yours", 403),  # sees it, does not hold it
        ((), "take_on", "police", "matters.not_yours", 403),
        ((), "take_on", "resident", "matters.not_yours", 403),
        ((), "take_on", "sibling", "not_found", 404),
        ((), "take_on", "neighbour", "not_found", 404),
        ((), "escalate", "grid_worker", "matters.not_yours", 403),
        (RAISED, "take_on", "grid_worker", "matters.not_yours", 403),
        (SOLVED, "accept", "grid_worker", "matters.not_yours", 403),
        (SOLVED, "accept", "supervisor", "matters.not_yours", 403),
        (SOLVED, "accept", "neighbour", "not_found", 404),
        (SOLVED, "lapse", "resident", "matters.not_yours", 403),
        (CLOSED, "reopen", "grid_worker", "matters.not_yours", 403),
        (CLOSED, "complain", "community_desk", "matters.not_yours", 403),
        ((), "follow", "resident", "matters.own_report", 422),
    ],
)
def test_moves_of_others_are_refused(
    corner: Corner, before: tuple[Step, ...], move: str, by: str, code: str, status: int
) -> None:
    matter = brought(corner, "report", before)
    with refused(code, status):
        make(corner, matter, move, by=by)
    assert stored(matter.pk).version == matter.version


@pytest.mark.parametrize("actor", [NOBODY, CLOCK, SYSTEM], ids=lambda actor: actor.role)
def test_only_people_move(corner: Corner, actor: Any) -> None:
    matter = corner.open()
    with refused("sign_in_first", 401):
        move_matter(by=actor, at=LATER, matter=matter.pk, move="take_on", version=1)


@pytest.mark.parametrize("move", ["follow", "take_on"])
def test_what_is_not_there_is_not_there(corner: Corner, move: str) -> None:
    for matter in (0, -1, 10**30):
        with refused("not_found", 404):
            move_matter(by=corner.actor("grid_worker"), at=LATER, matter=matter, move=move, version=1)


@pytest.mark.parametrize(
    ("before", "move", "by", "gives", "code"),
    [
        ((), "fly", "grid_worker", {}, "matters.unknown_move"),
        ((), "solve", "grid_worker", NOTE, "matters.not_from_here"),
        (CLOSED, "accept", "resident", {}, "matters.ended"),
        (TAKEN, "solve", "grid_worker", {}, "matters.missing_note"),
        (TAKEN, "solve", "grid_worker", {"note": "  "}, "matters.missing_note"),
        (TAKEN, "solve", "grid_worker", {**NOTE, "rating": 5}, "matters.unknown_field"),
        (TAKEN, "solve", "grid_worker", {"note": "长" * 5001}, "matters.text_too_long"),
        (TAKEN, "solve", "grid_worker", {"note": ["x"]}, "matters.not_text"),
        (TAKEN, "solve", "grid_worker", {**NOTE, "photos": ["x"]}, "photo.unknown"),
        (TAKEN, "take_on", "grid_worker", {"seat": 1}, "matters.not_from_here"),
        ((), "take_on", "grid_worker", {"seat": 1}, "matters.unknown_field"),
        (RAISED, "raise_up", "community_desk", {}, "matters.missing_note"),
        *(
            (SOLVED, "accept", "resident", {"rating": bad}, "matters.rating_range")
            for bad in (0, 6, 4.5, True, "x", [5])
        ),
    ],
)
def test_moves_that_do_not_fit_are_refused(
    corner: Corner, before: tuple[Step, ...], move: str, by: str, gives: dict[str, Any], code: str
) -> None:
    matter = brought(corner, "report", before)
    with refused(code, 422):
        make(corner, matter, move, by=by, **gives)
    assert stored(matter.pk).version == matter.version


def test_a_version_that_is_no_more_is_refused_with_the_present_one(corner: Corner) -> None:
    matter = corner.open()
    make(corner, matter, "take_on", by="grid_worker")
    with refused("stale", 409) as caught:
        make(corner, matter, "take_on", by="grid_worker")
    assert caught.value.data == {"version": 2}


def test_of_many_at_once_one_wins_each_version(corner: Corner) -> None:
    matter, by = corner.open(), corner.actor("grid_worker")

    def press(number: int) -> str:
        try:
            with tenants.district(SCRATCH):
                move_matter(by=by, at=LATER, key=f"{number}", matter=matter.pk, move="take_on", version=1)
            return "won"
        except Refusal as refusal:
            return f"{refusal.status} {refusal.data.get('version')}"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == ["409 2"] * 5 + ["won"]


def test_the_same_key_again_gives_the_first_event_even_of_an_old_version(corner: Corner) -> None:
    matter, by = corner.open(), corner.actor("grid_worker")
    asked: dict[str, Any] = {"matter": matter.pk, "version": 1, "key": "take"}
    first = move_matter(by=by, at=LATER, move="take_on", **asked)
    make(corner, stored(matter.pk), "solve", by="grid_worker", **NOTE)
    assert move_matter(by=by, at=LATER, move="take_on", **asked) == first
    with refused("key_reused", 409):
        move_matter(by=by, at=LATER, move="raise_up", gives=NOTE, **asked)


# To whom a matter is handed over -------------------------------------------------------------------------------------


def test_a_holder_hands_over_within_the_community_and_keeps_seeing_it(corner: Corner) -> None:
    matter = corner.open()
    worker = corner.actor("grid_worker")
    with scope(worker):
        face = portrait(worker, matter.pk, LATER)
    offer = next(offer for offer in face.offers if offer.move == "hand_over")
    roles = ("building_head", "sibling", "police", "community_desk")
    assert {seat.seat for seat in offer.seats} == {corner.seat(role) for role in roles}
    assert {o.seat for o in face.hand_over_to} == {corner.seat(role) for role in roles}

    matter = corner.move(matter, "hand_over", by="grid_worker", seat=corner.seat("sibling"), **NOTE)
    assert matter.seat_id == corner.seat("sibling") and matter.state == "reported"
    matter = corner.move(matter, "take_on", by="sibling")
    matter = corner.move(matter, "hand_over", by="sibling", seat=corner.seat("police"), **NOTE)
    relay.drain(LATER)
    sibling = corner.actor("sibling")
    with scope(sibling):
        assert Matter.objects.filter(pk=matter.pk).exists()
    with refused("matters.not_yours", 403):
        make(corner, matter, "take_on", by="sibling")
    assert corner.move(matter, "take_on", by="police").state == "working"


@pytest.mark.parametrize("seat", [0, -1, 10**30, "1", True, 1.5, [1], {"seat": 1}])
def test_a_seat_that_is_none_is_refused(corner: Corner, seat: Any) -> None:
    matter = corner.open()
    with pytest.raises(Refusal) as caught:
        make(corner, matter, "hand_over", by="grid_worker", seat=seat, **NOTE)
    assert caught.value.status == 422 and caught.value.code.startswith("matters.")


def test_nothing_is_handed_to_another_community_a_vacant_seat_or_its_own(own_corner: Corner, stage: Any) -> None:
    matter = own_corner.open()
    elsewhere = Seat.objects.get(post="grid_worker", place=stage.places["grid"]).pk
    vacant = own_corner.seat("police")
    dismiss(by=SYSTEM, at=WORKING_AT, seat=vacant, party=own_corner.party("police"))
    for seat in (elsewhere, vacant, own_corner.seat("grid_worker"), own_corner.seat("supervisor")):
        with refused("matters.seat_not_possible", 422):
            make(own_corner, matter, "hand_over", by="grid_worker", seat=seat, **NOTE)
    with refused("matters.missing_seat", 422):
        make(own_corner, matter, "hand_over", by="grid_worker", **NOTE)


def test_what_was_handed_round_three_times_goes_up(corner: Corner) -> None:
    matter, to = corner.open(), ("police", "sibling", "grid_worker")
    for by, role in zip(("grid_worker", *to), to, strict=False):
        matter = corner.move(matter, "hand_over", by=by, seat=corner.seat(role), **NOTE)
    with refused("matters.limit_reached", 422) as caught:
        make(corner, matter, "hand_over", by="grid_worker", seat=corner.seat("police"), **NOTE)
    assert caught.value.data["then"] == "raise_up"
    worker = corner.actor("grid_worker")
    with scope(worker):
        offers = {offer.move: offer for offer in portrait(worker, matter.pk, LATER).offers}
    assert "hand_over" not in offers and offers["raise_up"].instead_of == ("hand_over",)


# Me too -------------------------------------------------------------------------------------------------------------


def test_a_neighbour_follows_what_they_cannot_read(corner: Corner) -> None:
    matter = brought(corner, "report", TAKEN)
    neighbour = corner.actor("neighbour")
    event = move_matter(by=neighbour, at=LATER, matter=matter.pk, move="follow", version=0)
    assert event.body["followers"] == stored(matter.pk).followers == 1
    with scope(neighbour):
        assert not Matter.objects.filter(pk=matter.pk).exists()
        assert Follow.objects.filter(matter_id=matter.pk).count() == 1
    with refused("matters.already_done", 422):
        move_matter(by=neighbour, at=LATER, matter=matter.pk, move="follow", version=0)
    with refused("not_found", 404):
        make(corner, matter, "take_on", by="neighbour")
    with scope(corner.scene.actor("resident")):
        assert not Follow.objects.filter(matter_id=matter.pk).exists()  # who follows is nobody else's business


def test_following_disturbs_no_clock_and_nobody_follows_what_has_ended(corner: Corner) -> None:
    matter = brought(corner, "report", TAKEN)
    after = corner.move(matter, "follow", by="neighbour", at=LATER)
    assert (after.due_at, after.seat_id, after.next_at) == (matter.due_at, matter.seat_id, matter.next_at)
    ended = brought(corner, "report", CLOSED)
    with refused("matters.ended", 422):
        make(corner, ended, "follow", by="neighbour")


# Complaints and one's own work --------------------------------------------------------------------------------------


def test_a_complaint_goes_past_whoever_solved_it(corner: Corner) -> None:
    matter = corner.open("building_report")
    for by in ("building_head", "grid_worker"):
        matter = corner.move(matter, "raise_up", by=by, **NOTE)
    matter = corner.move(matter, "take_on", by="community_desk")
    matter = corner.move(matter, "solve", by="community_desk", **NOTE)
    matter = corner.move(matter, "complain", by="resident")
    assert matter.seat_id == corner.seat("supervisor")  # complaints go to the desk, but it is the desk's work


def test_a_complaint_about_a_substitute_goes_past_them_too(own_corner: Corner) -> None:
    report_absence(
        by=own_corner.actor("community_desk"), at=ENTERED_AT, substitute=own_corner.scene.party("supervisor")
    )
    matter = own_corner.open("building_report")
    for by in ("building_head", "grid_worker"):
        matter = own_corner.move(matter, "raise_up", by=by, **NOTE)
    matter = own_corner.move(matter, "decline", by="supervisor", **NOTE)
    matter = own_corner.move(matter, "complain", by="resident")
    assert Seat.objects.get(pk=matter.seat_id).post == "district_office"


def test_complaining_is_done_once(corner: Corner) -> None:
    matter = brought(corner, "report", (*SOLVED, ("complain", "resident", {})))
    matter = corner.move(matter, "decline", by="supervisor", **NOTE)
    with refused("matters.limit_reached", 422):
        make(corner, matter, "complain", by="resident")


def test_nobody_accepts_their_own_work(corner: Corner) -> None:
    matter = corner.open(by="grid_worker")
    matter = corner.move(matter, "take_on", by="grid_worker")
    matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    assert matter.seat_id == corner.seat("supervisor") and matter.holder_id is None
    with refused("matters.own_work", 403):
        make(corner, matter, "accept", by="grid_worker", rating=5)
    assert corner.move(matter, "accept", by="supervisor", rating=4).state == "closed"


def test_twice_done_again_then_only_a_complaint_is_left(corner: Corner) -> None:
    matter = brought(corner, "report", SOLVED)
    for _ in range(2):
        matter = corner.move(matter, "reopen", by="resident")
        matter = corner.move(matter, "solve", by="grid_worker", **NOTE)
    with refused("matters.limit_reached", 422) as caught:
        make(corner, matter, "reopen", by="resident")
    assert caught.value.data["then"] == "complain"


def test_thirty_days_after_the_end_it_is_too_late_to_have_it_done_again(corner: Corner) -> None:
    matter = brought(corner, "report", CLOSED)
    with refused("matters.too_late", 422):
        make(corner, matter, "reopen", by="resident", at=WORKING_AT + timedelta(days=30, seconds=1))
    corner.move(matter, "reopen", by="resident", at=WORKING_AT + timedelta(days=30))


def test_moves_take_up_photos(corner: Corner) -> None:
    photo = upload_photo(by=corner.actor("grid_worker"), at=LATER, data=file(picture((8, 8)), "PNG"))
    matter = brought(corner, "report", TAKEN)
    event = make(corner, matter, "solve", by="grid_worker", photos=[str(photo)], **NOTE)
    assert event.body["photos"] == [str(photo)] and len(events(matter)) == 3
    with scope(corner.actor("resident")):
        assert Photo.objects.get(pk=photo).event_id == event.id
    with refused("photo.unknown", 422):
        make(corner, brought(corner, "report", TAKEN), "solve", by="grid_worker", photos=[str(photo)], **NOTE)


def test_events_of_a_matter_are_numbered_without_a_gap(corner: Corner) -> None:
    matter = brought(corner, "report", CLOSED)
    assert [event.seq for event in events(matter)] == [1, 2, 3, 4] == list(range(1, matter.version + 1))
    assert Event.objects.get(subject=matter.subject, seq=4).body["ended_at"]
