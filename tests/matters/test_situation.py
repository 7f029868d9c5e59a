"""The world around a matter, and a method's words for it."""

from collections.abc import Iterator

import pytest

from linli.kernel.actor import SYSTEM
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters.models import Kind
from linli.matters.queries import current_kind
from linli.matters.situation import acting_posts, candidates, rules_of, situation, situations
from linli.matters.wording import kind_words
from linli.people.commands import dismiss
from linli.people.models import Seat
from linli.territory.models import Place
from tests.cast import WORKING_AT, Scene
from tests.matters.corner import Corner


@pytest.fixture
def seen(corner: Corner) -> Iterator[None]:
    """Who fills which seat is public, but seen in a scope only."""
    with scope(SYSTEM):
        yield


@pytest.mark.parametrize(
    ("place", "shown"),
    [("home", "building"), ("building", "building"), ("grid", "grid"), ("community", "community")],
)
def test_the_public_knows_of_a_building_at_the_finest(corner: Corner, place: str, shown: str) -> None:
    assert situation(corner.places[place], WORKING_AT).public_place.pk == corner.places[shown]


def test_a_ladder_is_filled_by_the_nearest_seats_above(corner: Corner, seen: None) -> None:
    around = situation(corner.places["home"], WORKING_AT)
    assert [place.level for place in around.lineage] == [
        "dwelling", "building", "grid", "community", "subdistrict", "district",
    ]  # fmt: skip
    ladder = around.ladder(rules_of(current_kind("building_report").pk))
    roles = ("building_head", "grid_worker", "community_desk", "supervisor")
    assert [rung.seat for rung in ladder[:4]] == [corner.seat(role) for role in roles]
    assert [rung.parties for rung in ladder[:4]] == [{corner.party(role)} for role in roles]
    community = situation(corner.places["community"], WORKING_AT).ladder(rules_of(current_kind("report").pk))
    assert community[0].seat is None and community[0].vacant and not community[1].vacant


def test_many_at_once_are_the_same_as_one_by_one(corner: Corner, seen: None) -> None:
    ids = list(corner.places.values())
    together = situations(ids, WORKING_AT)
    for place_id in ids:
        alone = situation(place_id, WORKING_AT)
        assert together[place_id].lineage == alone.lineage
        assert set(together[place_id].occupants) == set(alone.occupants)


def test_a_matter_above_the_communities_is_handed_over_among_those_above(
    corner: Corner, stage: Scene, seen: None
) -> None:
    offered = candidates(situation(stage.places["subdistrict"], WORKING_AT), WORKING_AT)
    assert {occupant.post for occupant in offered} == {"supervisor", "district_office"}
    inside = candidates(situation(corner.places["home"], WORKING_AT), WORKING_AT)
    roles = ("building_head", "grid_worker", "sibling", "police", "community_desk")
    assert {occupant.seat for occupant in inside} == {corner.seat(role) for role in roles}


def test_who_acts_for_a_vacant_post(own_corner: Corner) -> None:
    grid, building = own_corner.places["grid"], own_corner.places["building"]
    for role in ("building_head", "grid_worker", "police"):
        dismiss(by=SYSTEM, at=WORKING_AT, seat=own_corner.seat(role), party=own_corner.party(role))
    vacant = [("grid_worker", grid), ("building_head", building), ("police", grid), ("nothing", grid)]
    with scope(SYSTEM):
        acting = acting_posts(vacant, WORKING_AT)
    assert acting == ["community_desk", "community_desk", "", ""]


def test_an_ended_place_is_known_for_what_was_raised_there(own_corner: Corner) -> None:
    place = own_corner.places["home"]
    Place.objects.filter(pk=place).update(ended_on=WORKING_AT.date())
    with pytest.raises(Missing):
        situation(place, WORKING_AT)
    assert situation(place, WORKING_AT, ended_too=True).place.pk == place
    assert Seat.objects.filter(place_id=place).count() == 0


def test_words_are_those_of_the_edition_for_residents_and_for_staff(corner: Corner) -> None:
    kind = current_kind("report")
    chinese, staff, english = kind_words(kind, "zh"), kind_words(kind, "zh", staff=True), kind_words(kind, "en")
    assert chinese.state("reported") != staff.state("reported") and english.state("reported").isascii()
    assert chinese.topic("lighting") != "choice.topic.lighting" and chinese.topic("") == chinese.kind()
    assert chinese.outcome("") == chinese.choice("topic", "") == ""
    assert chinese.move("take_on") != chinese.done("take_on") and chinese.post("grid_worker") == "网格员"
    assert kind_words(kind, "fr").kind() == chinese.kind()
    assert chinese.move("fly") == "move.fly"  # for the author of the method to see


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_the_five_haves_is_without_words(corner: Corner, language: str, staff: bool) -> None:
    for kind in Kind.objects.filter(method="lingdong/five-haves"):
        words, rules = kind_words(kind, language, staff=staff), rules_of(kind.pk)
        said = [words.kind(), words.promise(), *map(words.state, rules.states), *map(words.post, rules.ladder)]
        said += [*map(words.move, rules.moves), *map(words.done, rules.moves), *map(words.field, rules.form)]
        said += map(words.party, rules.parties)
        said += [words.outcome(state.outcome or "") for state in rules.states.values() if state.outcome]
        assert [word for word in said if "." in word.rstrip(".") and " " not in word] == []
