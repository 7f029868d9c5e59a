"""When places move, whoever lives there moves along."""

from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.scope import scope
from linli.people.models import Party
from linli.territory.commands import move_place
from linli.territory.models import Place
from tests.cast import ENTERED_AT, set_the_scene


def test_people_follow_their_building_into_another_grid(empty_district: str) -> None:
    scene = set_the_scene_of_the_scratch_district()
    relay.introduce()
    relay.drain(ENTERED_AT)
    move_place(by=SYSTEM, at=ENTERED_AT, place=scene["building"], parent=scene["sibling_grid"], on=ENTERED_AT.date())
    relay.drain(ENTERED_AT)
    home = Place.objects.get(id=scene["home"])
    with scope(SYSTEM):
        resident = Party.objects.get(id=scene["resident"])
    assert resident.path == home.path
    sibling = Place.objects.get(id=scene["sibling_grid"])
    assert home.path > sibling.path


def set_the_scene_of_the_scratch_district() -> dict[str, int]:
    scene = set_the_scene()
    return {**scene.places, "resident": scene.party("resident")}
