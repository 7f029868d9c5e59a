"""When a post becomes vacant, what it holds goes one rung up and is shown there."""

from datetime import timedelta

from linli.kernel.actor import SYSTEM
from linli.kernel.scope import scope
from linli.matters.commands import settle_vacant
from linli.matters.models import Matter
from linli.matters.queries import listed
from linli.methods.commands import adopt
from linli.people.commands import appoint, dismiss, end_absence, report_absence
from linli.people.models import Seat
from tests.cast import ENTERED_AT, WORKING_AT
from tests.matters.corner import Corner, events, stored
from tests.matters.lamp import LAMP, files

LATER = WORKING_AT + timedelta(hours=1)


def post(matter: Matter) -> str:
    return Seat.objects.get(pk=stored(matter.pk).seat_id).post


def leave(corner: Corner, role: str) -> None:
    dismiss(by=SYSTEM, at=LATER, seat=corner.seat(role), party=corner.party(role))


def test_a_matter_goes_up_and_keeps_its_state_and_its_clocks(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.open(), "take_on", by="grid_worker")
    settle_vacant(LATER)
    assert stored(matter.pk).version == 2  # somebody is there
    leave(own_corner, "grid_worker")
    settle_vacant(LATER)
    after, event = stored(matter.pk), events(matter)[-1]
    assert (after.state, post(matter), after.due_at) == ("working", "community_desk", matter.due_at)
    assert (event.name, event.by, event.body["rungs"]) == ("matters.matter.reseated", "clock", 1)
    assert event.body["vacancies"] == ["grid_worker"]
    settle_vacant(LATER)
    assert stored(matter.pk).version == 3
    assert own_corner.move(after, "solve", by="community_desk", at=LATER, note="好了").state == "solved"


def test_an_absence_without_a_substitute_empties_a_post_one_with_does_not(own_corner: Corner) -> None:
    first, second = own_corner.open(), own_corner.open(place="across")
    report_absence(
        by=own_corner.actor("grid_worker"), at=WORKING_AT, from_at=LATER, substitute=own_corner.party("sibling")
    )
    settle_vacant(LATER)
    assert post(first) == post(second) == "grid_worker" and stored(first.pk).version == 1
    away = report_absence(by=own_corner.actor("sibling"), at=LATER)
    settle_vacant(LATER)
    assert post(first) == post(second) == "community_desk"
    end_absence(by=own_corner.actor("sibling", LATER), at=LATER, absence=int(away.subject.partition(":")[2]))
    settle_vacant(LATER)
    assert post(second) == "community_desk"  # it does not wander back by itself


def test_what_was_handed_to_a_post_off_the_ladder_goes_to_the_ladder(own_corner: Corner) -> None:
    matter = own_corner.open()
    matter = own_corner.move(matter, "hand_over", by="grid_worker", seat=own_corner.seat("police"), note="请看看")
    leave(own_corner, "police")
    settle_vacant(LATER)
    assert post(matter) == "grid_worker" and events(matter)[-1].body["vacancies"] == ["police"]


def test_what_waits_for_the_reporter_or_has_ended_stays(own_corner: Corner) -> None:
    solved = own_corner.solved()
    closed = own_corner.move(own_corner.solved(), "accept", by="resident")
    leave(own_corner, "grid_worker")
    settle_vacant(LATER)
    assert stored(solved.pk).version == 3 and stored(closed.pk).version == 4


def test_what_waits_where_nobody_was_ever_appointed_goes_to_whoever_comes(own_corner: Corner) -> None:
    adopt(by=SYSTEM, at=ENTERED_AT, files=files(LAMP.replace("opened_by: [lamp_keeper]", "opened_by: [resident]")))
    matter = own_corner.open("lamp", topic=None)
    assert matter.seat_id is None and matter.holder_id is None and matter.state == "reported"
    assert events(matter)[0].body["vacancies"] == ["lamp_keeper"]
    settle_vacant(WORKING_AT)
    assert stored(matter.pk).version == 1
    keeper = own_corner.party("across")
    appoint(by=SYSTEM, at=WORKING_AT, from_at=LATER, post="lamp_keeper", place=own_corner.places["grid"], party=keeper)
    settle_vacant(LATER)
    actor = own_corner.actor("across", LATER)
    with scope(actor):
        assert [row.matter.pk for row in listed(actor, LATER, held_by_me=True).rows] == [matter.pk]
    assert own_corner.move(stored(matter.pk), "mend", by="across", at=LATER).state == "mended"
