"""Places, kinds, photos, indicators, and the two questions of the machine room."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from linli.kernel import relay
from linli.matters.commands import photographs
from linli.matters.photos import MAX_BYTES
from tests.cast import Scene
from tests.channels.api.caller import Caller
from tests.channels.api.test_matters import opened, refusal
from tests.matters.test_photos import HEIC, file, picture


@pytest.fixture
def resident(scene: Scene) -> Caller:
    return Caller(scene.member("resident").phone)


# Places and kinds ---------------------------------------------------------------------------------------------------


def test_places_are_found_by_words_and_by_what_is_near(resident: Caller, scene: Scene) -> None:
    found = resident.get("places", q="通达 1号楼").json()
    assert found[0]["id"] == scene.places["building"] and found[0]["level"] == "building"
    assert "通达" in found[0]["full_name"] and found[0]["metres"] is None
    near = resident.get("places", near=f"{found[0]['lon']},{found[0]['lat']}").json()
    assert near[0]["id"] == scene.places["building"] and near[0]["metres"] == 0
    assert resident.get("places").json() == [] and resident.get("places", q="不存在的地方").json() == []


@pytest.mark.parametrize(("words", "level"), [("岭东区", "district"), ("中山街道", "subdistrict")])
def test_what_lies_above_a_community_is_found_too(resident: Caller, scene: Scene, words: str, level: str) -> None:
    first = resident.get("places", q=words).json()[0]
    assert (first["id"], first["level"], first["name"]) == (scene.places[level], level, words)


@pytest.mark.parametrize("near", ["here", "1", "1,2,3", "nan,nan", "inf,1", "200,10", "10,100", ","])
def test_a_coordinate_that_is_none_is_refused(resident: Caller, near: str) -> None:
    assert refusal(resident.get("places", near=near)) == (422, "places.bad_coordinates")


@pytest.mark.parametrize("words", ["%", "\\", "(", "[a-", ".*", "'", "—", "🪔", "a" * 100])
def test_odd_words_find_nothing_and_break_nothing(resident: Caller, words: str) -> None:
    assert resident.get("places", q=words).status_code == 200


def test_kinds_come_with_forms_in_both_languages(resident: Caller, scene: Scene) -> None:
    kinds = {kind["kind"]: kind for kind in resident.get("kinds").json()}
    assert set(kinds) >= {"report", "building_report"}
    fields = {field["name"]: field for field in kinds["report"]["form"]}
    what = fields["what"]
    assert what["label"] and (what["kind"], what["required"], what["max"], what["choices"]) == (
        "text",
        True,
        5000,
        None,
    )
    assert fields["photos"]["max"] == 9 and "lighting" in fields["topic"]["choices"]
    english = Caller(scene.member("resident").phone, language="en").get("kinds").json()
    assert all(kind["title"].isascii() for kind in english) and not kinds["report"]["title"].isascii()
    with CaptureQueriesContext(connection) as queries:
        resident.get("kinds")
    assert len([q for q in queries.captured_queries if q["sql"] not in ("BEGIN", "COMMIT")]) <= 3


# Photos -------------------------------------------------------------------------------------------------------------


def upload(caller: Caller, data: Any, kind: str | None = "image/heic") -> Any:
    if kind is None:
        return caller.client.post("/api/v1/photos", data, headers=caller.headers)
    return caller.client.post("/api/v1/photos", data, content_type=kind, headers=caller.headers)


def test_bytes_or_a_form_with_one_file_become_a_photo(resident: Caller) -> None:
    named = SimpleUploadedFile("x.exe", file(picture()), content_type="application/x-msdownload")
    for answer in (upload(resident, HEIC.read_bytes()), upload(resident, {"picture": named}, None)):
        assert answer.status_code == 201, answer.content
        shown = resident.client.get(f"/api/v1/photos/{answer.json()['id']}", headers=resident.headers)
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
        assert shown["Cache-Control"].startswith("private") and Image.open(BytesIO(shown.content)).format == "JPEG"


def test_what_is_no_photo_is_refused(resident: Caller) -> None:
    two = {name: SimpleUploadedFile(name, file(picture())) for name in ("a", "b")}
    assert refusal(upload(resident, two, None)) == (422, "photo.one_file")
    assert refusal(upload(resident, {"note": "no file"}, None)) == (422, "photo.one_file")
    assert refusal(upload(resident, b"", "image/png")) == (422, "photo.not_an_image")
    assert refusal(upload(resident, b"\xff" * (MAX_BYTES + 1), "image/jpeg")) == (422, "photo.too_large")
    assert upload(resident, b"--broken", "multipart/form-data; boundary=x").status_code in (400, 422)


def test_a_photo_is_shown_to_who_may_see_the_matter(resident: Caller, scene: Scene) -> None:
    photo = upload(resident, file(picture()), "image/jpeg").json()["id"]
    opened(resident, scene, photos=[photo])
    for role, number, status in (
        ("resident", 0, 200), ("grid_worker", 0, 200), ("supervisor", 0, 200),
        ("resident", 1, 404), ("grid_worker", 1, 404),
    ):  # fmt: skip
        assert Caller(scene.member(role, number).phone).get(f"photos/{photo}").status_code == status, (role, number)
    assert refusal(resident.get(f"photos/{uuid4()}")) == (404, "not_found")
    assert refusal(resident.get("photos/one")) == (422, "bad_input")


def test_too_many_uploads_have_to_wait(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "UNUSED_MOST", 0)
    answer = upload(Caller(scene.member("resident", 2).phone), file(picture()), "image/jpeg")
    assert refusal(answer) == (429, "photo.too_many_unused") and answer["Retry-After"] == str(24 * 3600)


# Figures ------------------------------------------------------------------------------------------------------------


def test_figures_are_read_back_by_place_and_period(resident: Caller, scene: Scene) -> None:
    opened(resident, scene)
    relay.drain(datetime.now(UTC))
    desk = Caller(scene.member("community_desk").phone)
    today = datetime.now(UTC).date()
    query = {
        "measure": "opened",
        "place": scene.places["community"],
        "from": "2020-01-01",
        "to": f"{today.year + 1}-01-01",
    }
    for period in ("day", "week", "month"):
        told = desk.get("indicators", by=period, **query).json()
        assert told["measure"] == "opened" and told["share"] is None
        assert told["numerator"] == told["denominator"] == sum(figure["denominator"] for figure in told["figures"]) > 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (422, "bad_input")),
        ({"measure": "applause"}, (404, "indicators.unknown_measure")),
        ({"measure": "opened", "by": "year"}, (422, "indicators.unknown_period")),
        ({"measure": "opened", "from": "yesterday"}, (422, "bad_input")),
        ({"measure": "opened", "place": 10**40}, (404, "territory.unknown")),
        ({"measure": "\0"}, (422, "unprintable")),
    ],
)
def test_figures_that_cannot_be_are_refused(scene: Scene, query: dict[str, Any], expected: tuple[int, str]) -> None:
    assert refusal(Caller(scene.member("community_desk").phone).get("indicators", **query)) == expected


def test_figures_out_of_reach_are_not_there(resident: Caller, scene: Scene) -> None:
    sibling = Caller(scene.member("grid_worker", 1).phone)
    for caller, place in ((resident, "home"), (sibling, "grid"), (sibling, "community")):
        answer = caller.get("indicators", measure="opened", place=scene.places[place])
        assert refusal(answer) == (404, "not_found")
    assert resident.get("indicators", measure="opened").json()["figures"] == []


# The machine room ---------------------------------------------------------------------------------------------------


def test_the_process_lives_and_can_serve(scene: Scene) -> None:
    alive, ready = Client().get("/healthz"), Client().get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert ready.status_code == 200 and ready.json()["status"] == "ok"


def test_methods_that_are_none_are_not_allowed(resident: Caller) -> None:
    for path in ("matters/1", "kinds", "indicators"):
        assert resident.client.delete(f"/api/v1/{path}", headers=resident.headers).status_code == 405
