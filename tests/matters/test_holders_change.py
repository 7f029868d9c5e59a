"""Who may move a matter, and who sees it, when posts change hands on its way."""

from datetime import timedelta

from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.scope import scope
from linli.matters.models import Matter
from linli.people.commands import appoint, dismiss
from tests.cast import WORKING_AT
from tests.matters.corner import Corner, make, refused

NOTE = {"note": "有情况"}
LATER = WORKING_AT + timedelta(minutes=5)


def test_the_post_above_acts_for_a_seat_that_became_vacant(own_corner: Corner) -> None:
    matter = own_corner.open()
    dismiss(by=SYSTEM, at=LATER, seat=own_corner.seat("grid_worker"), party=own_corner.party("grid_worker"))
    relay.drain(LATER)
    with refused("matters.not_yours", 403):
        make(own_corner, matter, "take_on", by="grid_worker", at=LATER)  # who once held it sees it, and that is all
    assert own_corner.move(matter, "take_on", by="community_desk", at=LATER).state == "working"


def test_whoever_worked_on_it_keeps_seeing_it_after_leaving_the_post(own_corner: Corner) -> None:
    matter, seat = own_corner.open(), own_corner.seat("grid_worker")
    dismiss(by=SYSTEM, at=LATER, seat=seat, party=own_corner.party("grid_worker"))
    successor, place = own_corner.party("across"), own_corner.places["grid"]
    appoint(by=SYSTEM, at=LATER, post="grid_worker", place=place, party=successor)
    matter = own_corner.move(matter, "take_on", by="across", at=LATER)
    matter = own_corner.move(matter, "raise_up", by="across", at=LATER, **NOTE)
    evening = LATER + timedelta(hours=6)
    dismiss(by=SYSTEM, at=evening, seat=seat, party=successor)
    relay.drain(evening)
    for role in ("grid_worker", "across"):
        actor = own_corner.actor(role, evening)
        assert actor.posts == ()
        with scope(actor):
            assert Matter.objects.filter(pk=matter.pk).exists()
