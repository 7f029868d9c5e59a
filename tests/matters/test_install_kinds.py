"""Adopting a method, and a new version of it: what is open stays on the rules that it began with."""

from datetime import timedelta

import pytest

from linli.indicators.models import Measure, Tally
from linli.kernel import relay
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM, Actor
from linli.kernel.models import Event
from linli.kernel.words import LANGUAGES
from linli.matters.models import Kind
from linli.matters.queries import current_kind, current_kinds
from linli.matters.situation import rules_of
from linli.methods.commands import adopt
from linli.methods.faults import InvalidPackage
from linli.methods.models import Adoption
from linli.people.models import AdoptedPost
from tests.cast import ENTERED_AT, WORKING_AT, Scene
from tests.matters.corner import Corner, make, refused, stored
from tests.matters.lamp import LAMP, files

OPEN_TO_ALL = LAMP.replace("opened_by: [lamp_keeper]", "opened_by: [resident]")
SECOND = OPEN_TO_ALL.replace("1.0.0", "1.1.0").replace("enters: mended, who: holder", "enters: mended, who: reporter")
FIRST = ("1.0.0", "4 working hours")
NEXT = WORKING_AT + timedelta(hours=1)


def adopted(method: str = OPEN_TO_ALL, values: dict[str, str] | None = None, by: Actor = SYSTEM) -> Event:
    return adopt(by=by, at=ENTERED_AT, files=files(method), values=values)


def editions() -> list[tuple[str, str, bool]]:
    found = Kind.objects.filter(method="street/lamp").order_by("id")
    return [(kind.release, kind.inputs["answer_within"], kind.current) for kind in found]


@pytest.fixture
def lamp(own_corner: Corner) -> Corner:
    """A corner in a district that has adopted the first version."""
    adopted()
    return own_corner


def test_adopting_is_an_event_with_the_digest_of_the_package(own_corner: Corner) -> None:
    event = adopted()
    assert (event.name, event.by) == ("methods.method.adopted", "system")
    assert event.body["method"] == "street/lamp" and len(event.body["digest"]) == 64
    kept = Adoption.objects.get(method="street/lamp")
    assert kept.content == files(OPEN_TO_ALL) and kept.inputs == {"answer_within": "4 working hours"}
    assert [kind.name for kind in current_kinds()] == ["report", "building_report", "lamp"]
    assert AdoptedPost.objects.get(method="street/lamp").name == "lamp_keeper"


def test_open_matters_stay_on_the_version_they_began_with(lamp: Corner) -> None:
    first = lamp.open("lamp", topic=None)
    adopted(SECOND)
    second = lamp.open("lamp", topic=None)
    assert first.kind.release == "1.0.0" and second.kind.release == "1.1.0"
    with refused("matters.not_yours", 403):
        make(lamp, first, "mend", by="resident")  # the holder's, in the first version
    assert lamp.move(second, "mend", by="resident").state == "mended"
    assert current_kind("lamp").release == "1.1.0"
    adopted()  # and back again
    assert lamp.open("lamp", topic=None).kind_id == first.kind_id


def test_the_same_version_with_other_inputs_is_another_edition(lamp: Corner) -> None:
    first = lamp.open("lamp", topic=None)
    adopted(values={"answer_within": "2 working hours"})
    second = lamp.open("lamp", topic=None)
    assert first.due_at and second.due_at and first.due_at - second.due_at == timedelta(hours=3, minutes=30)
    assert rules_of(first.kind_id) != rules_of(second.kind_id)
    assert Kind.objects.get(pk=first.kind_id).inputs == {"answer_within": "4 working hours"}
    adopted()
    adopted()
    of_the_first = [(release, current) for release, within, current in editions() if (release, within) == FIRST]
    assert of_the_first == [("1.0.0", True)]  # adopting what is adopted makes no edition


def test_a_kind_that_a_new_version_leaves_out_is_no_longer_opened_but_goes_on(lamp: Corner) -> None:
    matter = lamp.open("lamp", topic=None)
    adopted(SECOND.replace("  lamp:", "  light:"))
    with refused("matters.unknown_kind", 404):
        lamp.open("lamp", topic=None)
    assert stored(matter.pk).kind.name == "lamp" and stored(matter.pk).state == "reported"


@pytest.mark.parametrize(
    "broken",
    [
        LAMP.replace("who: clock", "who: nobody"),
        LAMP.replace("then: lapse", "then: laps"),
        LAMP + "kinds: {}\n",
        "not: [a package",
        "",
    ],
)
def test_a_package_that_is_wrong_changes_nothing(lamp: Corner, broken: str) -> None:
    before = (editions(), Event.objects.count(), list(Measure.objects.values_list("name", flat=True)))
    with pytest.raises(InvalidPackage) as caught:
        adopted(broken)
    assert caught.value.status == 422 and caught.value.faults
    assert (editions(), Event.objects.count(), list(Measure.objects.values_list("name", flat=True))) == before


def test_inputs_that_do_not_fit_are_refused(lamp: Corner) -> None:
    for values in ({"answer_within": "soon"}, {"colour": "red"}):
        with pytest.raises(InvalidPackage):
            adopted(values=values)


def test_only_the_administrator_and_the_district_office_adopt(own_corner: Corner, stage: Scene) -> None:
    for role in ("resident", "grid_worker", "community_desk", "supervisor"):
        with refused("not_allowed", 403):
            adopted(by=own_corner.actor(role))
    for actor in (NOBODY, CLOCK):
        with refused("not_allowed", 403):
            adopted(by=actor)
    for role in ("administrator", "district_office"):
        assert adopted(by=stage.actor(role)).by == f"party:{stage.party(role)}"


def test_a_new_measure_counts_what_is_past(lamp: Corner) -> None:
    relay.drain(WORKING_AT)
    matter = lamp.solved()
    lamp.move(matter, "accept", by="resident")
    relay.drain(NEXT)
    measure = "  ended: {of: matters.matter.moved, where: {outcome: [solved]}, by: [place, day]}\n"
    event = adopted(SECOND + measure)
    assert event.body["recount"] is True
    relay.drain(NEXT)
    counted = Tally.objects.get(measure__name="ended", path=matter.path)
    assert (counted.total, counted.hits) == (1, 1)
    assert adopted(SECOND + measure).body["recount"] is False


def test_a_measure_that_is_counted_otherwise_is_counted_anew(lamp: Corner) -> None:
    late = lamp.open()
    relay.drain(NEXT)
    adopted(SECOND.replace("outcome: [solved]", "move: take_on"))
    lamp.move(late, "take_on", by="grid_worker")
    relay.drain(NEXT)
    before = figures()
    relay.rebuild("indicators.tallies")
    assert figures() == before and ("lamps_mended", late.path, 1) in before


def figures() -> set[tuple[str, int, int]]:
    return set(Tally.objects.values_list("measure__name", "path", "total"))


def test_words_of_an_edition_are_those_it_came_with(lamp: Corner) -> None:
    kind = current_kind("street/lamp/lamp")
    assert {language: kind.words[language]["method.title"] for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, "Lamp"
    )
