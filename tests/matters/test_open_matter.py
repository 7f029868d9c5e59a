"""Opening a matter, through the command."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from linli.kernel import relay
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM
from linli.kernel.event import Event
from linli.kernel.refusal import Refusal
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters.commands import open_matter, upload_photo
from linli.matters.models import Matter, Note, Photo, Reader
from linli.matters.queries import listed
from linli.people.commands import report_absence
from linli.people.models import Seat
from linli.territory.models import Place
from tests.cast import ENTERED_AT, WORKING_AT
from tests.conftest import SCRATCH
from tests.matters.corner import Corner, events, refused, stored
from tests.matters.test_photos import file, picture

LAMP = {"what": "楼道灯坏了", "topic": "lighting"}


def opened(corner: Corner, *, by: str = "resident", key: str | None = None, **form: Any) -> Event:
    return open_matter(
        by=corner.actor(by), at=WORKING_AT, key=key, kind="report", place=corner.places["home"], form={**LAMP, **form}
    )


def test_a_report_waits_for_the_grid_worker_in_working_time(corner: Corner) -> None:
    matter = corner.open()
    assert (matter.state, matter.version, matter.reporter_id) == ("reported", 1, corner.party("resident"))
    assert matter.seat_id == corner.seat("grid_worker") and matter.holder_id is None
    assert matter.due_at == datetime(2026, 3, 4, 7, tzinfo=UTC)  # 09:30 and four working hours, the noon break left out
    assert matter.yellow_at == datetime(2026, 3, 4, 6, 12, tzinfo=UTC)  # 80 % of them
    assert matter.next_at == matter.due_at and matter.ended_at is None and matter.rating is None
    assert matter.number == f"20260304-{matter.pk:05d}"


def test_its_event_holds_ids_and_a_commitment_never_words_or_names(corner: Corner) -> None:
    matter = corner.open(what="楼道灯坏了，找张三")
    event = events(matter)[0]
    assert (event.name, event.seq, event.by) == ("matters.matter.opened", 1, f"party:{corner.party('resident')}")
    assert "张三" not in str(event.body) and "resident某" not in str(event.body)
    assert event.body["form"] == {"topic": "lighting"} and set(event.body["commitments"]) == {"what"}
    assert event.body["public_place"] == corner.places["building"]  # never a door
    with scope(SYSTEM):
        assert Note.objects.get(event_id=event.id).text == "楼道灯坏了，找张三"


@pytest.mark.parametrize(
    ("kind", "place", "post", "vacancies"),
    [
        ("report", "home", "grid_worker", None),
        ("report", "building", "grid_worker", None),
        ("report", "grid", "grid_worker", None),
        ("report", "across", "grid_worker", None),
        ("report", "community", "community_desk", ["grid_worker"]),
        ("building_report", "home", "building_head", None),
        ("building_report", "across", "grid_worker", ["building_head"]),
        ("building_report", "community", "community_desk", ["building_head", "grid_worker"]),
        ("lingdong/five-haves/report", "home", "grid_worker", None),
    ],
)
def test_kinds_begin_at_the_lowest_post_that_is_filled(
    corner: Corner, kind: str, place: str, post: str, vacancies: list[str] | None
) -> None:
    matter = corner.open(kind, place=place)
    assert Seat.objects.get(pk=matter.seat_id).post == post
    assert events(matter)[0].body.get("vacancies") == vacancies


def test_places_above_the_community_begin_higher(corner: Corner) -> None:
    for place, post in (("subdistrict", "supervisor"), ("district", "district_office")):
        event = open_matter(
            by=corner.actor("resident"), at=WORKING_AT, kind="report", place=corner.scene.places[place], form=LAMP
        )
        assert event.body["post"] == post and event.body["public_place"] == corner.scene.places[place]


def test_staff_raise_what_they_see_on_patrol(corner: Corner) -> None:
    matter = corner.open(by="grid_worker")
    assert matter.reporter_id == corner.party("grid_worker") and matter.seat_id == corner.seat("grid_worker")


@pytest.mark.parametrize("actor", [NOBODY, CLOCK, SYSTEM], ids=lambda actor: actor.role)
def test_only_people_raise_matters(corner: Corner, actor: Any) -> None:
    with refused("sign_in_first", 401):
        open_matter(by=actor, at=WORKING_AT, kind="report", place=corner.places["home"], form=LAMP)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"what": ""}, "matters.missing_field"),
        ({"what": "   \n"}, "matters.missing_field"),
        ({"what": None}, "matters.missing_field"),
        ({"what": "灯" * 5001}, "matters.text_too_long"),
        ({"what": 7}, "matters.not_text"),
        ({"what": "灯\0"}, "matters.not_text"),
        ({"what": "灯\ud800"}, "matters.not_text"),
        ({"topic": "politics"}, "matters.unknown_choice"),
        ({"topic": ["lighting"]}, "matters.unknown_choice"),
        ({"colour": "red"}, "matters.unknown_field"),
        ({"photos": "one"}, "matters.not_photos"),
        ({"photos": [1]}, "matters.not_photos"),
        ({"photos": ["none"]}, "photo.unknown"),
        ({"photos": [str(uuid4())]}, "photo.unknown"),
        ({"photos": [str(uuid4()) for _ in range(10)]}, "matters.too_many_photos"),
    ],
)
def test_a_form_filled_in_wrongly_is_refused_and_nothing_stays(corner: Corner, form: dict[str, Any], code: str) -> None:
    before = Event.objects.count()
    with refused(code, 422):
        opened(corner, **form)
    assert Event.objects.count() == before


def test_what_cannot_be_written_is_refused_under_a_key_too(corner: Corner) -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    for form in ({"what": "灯\0"}, {"what": "灯\ud800"}, {"\0": "灯"}, {"what": deep}):
        with refused("unprintable", 422):
            opened(corner, key="unprintable", **form)


def test_five_thousand_signs_and_any_script_are_kept_as_they_are(corner: Corner) -> None:
    words = ("灯🪔 ئۇيغۇر བོད \u202e𠮷\r\n" * 500)[:4990].strip()
    matter = corner.open(what=words)
    worker = corner.actor("grid_worker")
    with scope(worker):
        assert listed(worker, WORKING_AT, words=matter.number).rows[0].what == words


def test_an_unknown_kind_or_place_is_not_there(corner: Corner) -> None:
    by = corner.actor("resident")
    with refused("matters.unknown_kind", 404):
        open_matter(by=by, at=WORKING_AT, kind="five-haves", place=corner.places["home"], form=LAMP)
    for place in (0, -1, 2**40, 10**30):
        with refused("matters.no_such_place", 404):
            open_matter(by=by, at=WORKING_AT, kind="report", place=place, form=LAMP)


def test_nothing_new_is_raised_at_a_place_that_has_ended(own_corner: Corner) -> None:
    matter = own_corner.open()
    Place.objects.filter(pk=own_corner.places["home"]).update(ended_on=WORKING_AT.date())
    with refused("matters.no_such_place", 404):
        own_corner.open()
    assert own_corner.move(matter, "take_on", by="grid_worker").state == "working"  # what was raised goes on


# Posts that are vacant, people who are away -------------------------------------------------------------------------


def test_a_vacant_post_goes_one_rung_up_and_is_shown(stage: Any) -> None:
    with tenants.district(SCRATCH):
        matter = (corner := Corner(stage, vacant=("grid_worker",))).open()
        assert matter.seat_id == corner.seat("community_desk")
        assert events(matter)[0].body["vacancies"] == ["grid_worker"]


def test_a_community_without_anybody_goes_to_the_subdistrict(stage: Any) -> None:
    with tenants.district(SCRATCH):
        corner = Corner(stage, vacant=("grid_worker", "community_desk", "building_head", "police", "sibling"))
        matter = corner.open("building_report")
        assert matter.seat_id == corner.seat("supervisor")
        assert events(matter)[0].body["vacancies"] == ["building_head", "grid_worker", "community_desk"]


def test_a_substitute_holds_what_comes_in_meanwhile_and_keeps_seeing_it(own_corner: Corner) -> None:
    _away(own_corner, "grid_worker", substitute="sibling", until_at=WORKING_AT + timedelta(days=2))
    matter = own_corner.open()
    assert matter.seat_id == own_corner.seat("grid_worker") and "vacancies" not in events(matter)[0].body
    substitute, absent = own_corner.actor("sibling"), own_corner.actor("grid_worker")
    assert _held(substitute) == [matter.pk] and _held(absent) == []
    later = own_corner.actor("sibling", WORKING_AT + timedelta(days=3))  # the absence is over
    assert _held(later) == []
    relay.drain(WORKING_AT)
    with scope(later):
        assert Matter.objects.filter(pk=matter.pk).exists()


def test_an_absence_without_a_substitute_is_a_vacancy(own_corner: Corner) -> None:
    _away(own_corner, "grid_worker", substitute=None)
    matter = own_corner.open()
    assert matter.seat_id == own_corner.seat("community_desk")
    assert events(matter)[0].body["vacancies"] == ["grid_worker"]


def test_an_appointment_to_come_and_one_that_is_over_fill_nothing(stage: Any) -> None:
    with tenants.district(SCRATCH):
        corner = Corner(stage, vacant=("grid_worker",))
        corner.appoint("grid_worker", at=WORKING_AT)
        matter = corner.open(at=WORKING_AT - timedelta(seconds=1))
        assert matter.seat_id == corner.seat("community_desk")
        assert corner.open().seat_id == corner.seat("grid_worker")


def _away(corner: Corner, role: str, *, substitute: str | None, until_at: datetime | None = None) -> None:
    report_absence(
        by=corner.actor(role), at=ENTERED_AT, until_at=until_at,
        substitute=corner.party(substitute) if substitute else None,
    )  # fmt: skip


def _held(actor: Any) -> list[int]:
    with scope(actor):
        return [row.matter.pk for row in listed(actor, WORKING_AT, held_by_me=True).rows]


# Photos -------------------------------------------------------------------------------------------------------------


def photo_of(corner: Corner, role: str = "resident") -> str:
    return str(upload_photo(by=corner.actor(role), at=WORKING_AT, data=file(picture((8, 8)), "PNG")))


def test_photos_are_taken_up_by_the_event_that_shows_them(corner: Corner) -> None:
    photos = [photo_of(corner) for _ in range(9)]
    matter = corner.open(photos=photos)
    event = events(matter)[0]
    assert event.body["photos"] == photos
    with scope(corner.actor("grid_worker")):
        taken = Photo.objects.filter(matter_id=matter.pk, event_id=event.id)
        assert {str(photo.id) for photo in taken} == set(photos)


def test_a_photo_is_taken_up_once(corner: Corner) -> None:
    photo = photo_of(corner)
    corner.open(photos=[photo, photo])  # named twice is meant once
    with refused("photo.unknown", 422):
        corner.open(photos=[photo])


def test_nobody_takes_up_another_ones_photo(corner: Corner) -> None:
    photo, before = photo_of(corner, "neighbour"), Event.objects.count()
    with refused("photo.unknown", 422):
        corner.open(photos=[photo])
    assert Event.objects.count() == before
    corner.open(by="neighbour", photos=[photo])


# Twice is once ------------------------------------------------------------------------------------------------------


def test_the_same_key_again_gives_the_first_event(corner: Corner) -> None:
    first = opened(corner, key="again")
    count = Event.objects.count()
    assert opened(corner, key="again") == first and Event.objects.count() == count


def test_the_same_key_with_other_content_is_refused(corner: Corner) -> None:
    opened(corner, key="other")
    with refused("key_reused", 409):
        opened(corner, key="other", what="别的灯")


def test_a_key_belongs_to_its_actor_and_a_refusal_leaves_it_free(corner: Corner) -> None:
    with pytest.raises(Refusal):
        opened(corner, key="mine", topic="none")
    first = opened(corner, key="mine")
    assert opened(corner, by="neighbour", key="mine") != first


def test_photos_with_a_key_are_taken_up_once_and_answered_twice(corner: Corner) -> None:
    photo = photo_of(corner)
    assert opened(corner, key="photo", photos=[photo]) == opened(corner, key="photo", photos=[photo])


def test_pressing_twice_at_the_same_time_opens_one_matter(corner: Corner) -> None:
    by, place = corner.actor("resident"), corner.places["home"]

    def press(_: int) -> int:
        try:
            with tenants.district(SCRATCH):
                return open_matter(by=by, at=WORKING_AT, key="twice", kind="report", place=place, form=LAMP).subject
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(press, range(6)))) == 1


def test_whoever_receives_it_is_remembered(corner: Corner) -> None:
    matter = corner.open()
    relay.drain(WORKING_AT)
    with scope(SYSTEM):
        readers = set(Reader.objects.filter(matter=matter).values_list("party_id", flat=True))
    assert readers == {corner.party("grid_worker")} and stored(matter.pk).before is None
