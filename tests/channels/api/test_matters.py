"""Every endpoint of matters, good and bad."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters.models import Matter
from linli.territory.models import Place
from tests.cast import Scene
from tests.channels.api.caller import Caller

LAMP = {"what": "楼道灯坏了", "topic": "lighting"}
Refused = tuple[int, str]


@pytest.fixture
def resident(scene: Scene) -> Caller:
    return Caller(scene.member("resident").phone)


@pytest.fixture
def worker(scene: Scene) -> Caller:
    return Caller(scene.member("grid_worker").phone)


def opened(caller: Caller, scene: Scene, **form: Any) -> dict[str, Any]:
    answer = caller.post("matters", {"kind": "report", "place": scene.places["home"], "form": {**LAMP, **form}})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()  # type: ignore[no-any-return]


def moved(caller: Caller, matter: dict[str, Any], move: str, **gives: Any) -> dict[str, Any]:
    body = {"move": move, "version": matter["version"], "gives": gives}
    answer = caller.post(f"matters/{matter['id']}/moves", body)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()  # type: ignore[no-any-return]


def refusal(answer: Any) -> Refused:
    told = answer.json()
    assert told["message"] and not told["message"].isascii()
    return answer.status_code, told["code"]


# Raising ------------------------------------------------------------------------------------------------------------


def test_what_is_raised_stands_somewhere(resident: Caller, scene: Scene) -> None:
    matter = opened(resident, scene)
    worker = scene.member("grid_worker")
    assert set(matter) >= {"id", "number", "version", "state", "held_by", "due_at"}
    assert (matter["version"], matter["state"], matter["outcome"]) == (1, "reported", None)
    assert matter["held_by"]["name"] == worker.name and matter["held_by"]["post"] == "grid_worker"
    assert matter["held_by"]["place"] == {"id": scene.places["grid"], "name": "第1网格"}
    assert matter["held_by"]["post_words"] and matter["state_words"]


def test_a_coordinate_will_do(resident: Caller, scene: Scene) -> None:
    building = Place.objects.get(pk=scene.places["building"])
    body = {"kind": "report", "lon": building.lon, "lat": building.lat, "form": LAMP}
    answer = resident.post("matters", body)
    assert answer.status_code == 201 and answer.json()["held_by"]["name"] == scene.member("grid_worker").name


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "report", "form": LAMP}, (422, "places.missing")),
        ({"kind": "report", "lon": 131.16, "form": LAMP}, (422, "places.missing")),
        ({"kind": "report", "lon": 2.3, "lat": 48.9, "form": LAMP}, (422, "places.outside")),
        ({"kind": "report", "lon": 231.16, "lat": 46.59, "form": LAMP}, (422, "places.bad_coordinates")),
        ({"kind": "report", "place": 0, "form": LAMP}, (404, "matters.no_such_place")),
        ({"kind": "report", "place": 10**40, "form": LAMP}, (404, "matters.no_such_place")),
        ({"kind": "wish", "place": "home", "form": LAMP}, (404, "matters.unknown_kind")),
        ({"kind": "report", "place": "home"}, (422, "matters.missing_field")),
        ({"kind": "report", "place": "home", "form": {"what": "\0"}}, (422, "matters.not_text")),
        ({"kind": "report", "place": "home", "form": {**LAMP, "x": 1}}, (422, "matters.unknown_field")),
        ({"kind": "report", "place": "here", "form": LAMP}, (422, "bad_input")),
        ({"place": "home", "form": LAMP}, (422, "bad_input")),
        ([], (422, "bad_input")),
        ("{", (400, "unreadable")),
        (b"\xff", (400, "unreadable")),
        ("[" * 100_000, (400, "unreadable")),
    ],
)
def test_what_is_not_as_asked_for_is_refused(resident: Caller, scene: Scene, body: Any, expected: Refused) -> None:
    if isinstance(body, dict) and body.get("place") == "home":
        body = {**body, "place": scene.places["home"]}
    assert refusal(resident.post("matters", body)) == expected


def test_what_the_schema_refuses_is_pointed_out_and_never_repeated(resident: Caller) -> None:
    told = resident.post("matters", {"kind": 7, "place": "13912345678x", "form": LAMP}).json()
    assert {fault["where"] for fault in told["faults"]} == {"body.body.kind", "body.body.place"}
    assert "13912345678" not in json.dumps(told)


def test_the_same_key_gives_the_same_answer_and_other_content_409(resident: Caller, scene: Scene) -> None:
    body = {"kind": "report", "place": scene.places["home"], "form": LAMP}
    first, again = (resident.post("matters", body, key="press") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json()) and again.status_code == 201
    other = resident.post("matters", {**body, "form": {**LAMP, "what": "别的"}}, key="press")
    assert refusal(other) == (409, "key_reused")
    assert resident.post("matters", body, key="").status_code == 422
    assert resident.post("matters", body, key="k" * 201).status_code == 422


# Looking ------------------------------------------------------------------------------------------------------------


def test_a_matter_is_shown_with_its_timeline_and_what_one_may_do(
    resident: Caller, worker: Caller, scene: Scene
) -> None:
    matter = opened(resident, scene, what="三单元水管漏水")
    seen = worker.get(f"matters/{matter['id']}").json()
    assert (seen["what"], seen["kind"], seen["topic"], seen["light"]) == (
        "三单元水管漏水",
        "report",
        "lighting",
        "green",
    )
    assert [(e["event"], e["move"], e["by"]) for e in seen["timeline"]] == [("opened", "open", "reporter")]
    offers = {offer["move"]: offer for offer in seen["moves"]}
    assert set(offers) >= {"take_on", "raise_up", "hand_over", "decline"}
    assert offers["decline"]["gives"] == {"note": "required", "right_office": "optional"}
    assert len(offers["hand_over"]["seats"]) == len(offers["hand_over"]["seat_ids"]) >= 2
    assert scene.member("resident").name not in json.dumps(seen, ensure_ascii=False)
    moved(worker, {**matter, "version": 1}, "hand_over", note="请看看", seat=offers["hand_over"]["seat_ids"][0])


def test_words_come_in_the_language_that_is_preferred(resident: Caller, scene: Scene) -> None:
    matter = opened(resident, scene)
    chinese = resident.get(f"matters/{matter['id']}").json()
    english = Caller(scene.member("resident").phone, language="en").get(f"matters/{matter['id']}").json()
    assert chinese["state_words"] != english["state_words"] and english["state_words"].isascii()


def test_a_list_is_filtered_and_paged(resident: Caller, worker: Caller, scene: Scene) -> None:
    matter = opened(resident, scene, what="地下室有奇怪的回声")
    one = worker.get("matters", held_by="me", state="reported", place=scene.places["home"], light="green", page=1)
    listed = one.json()
    assert matter["id"] in [item["id"] for item in listed["items"]]
    assert (listed["page"], one.status_code) == (1, 200) and isinstance(listed["has_next"], bool)
    assert [i["id"] for i in worker.get("matters", q=matter["number"]).json()["items"]] == [matter["id"]]
    for query in ({"state": "closed"}, {"light": "red"}, {"place": scene.places["sibling_grid"]}, {"q": "喷泉"}):
        found = worker.get("matters", **query).json()["items"]
        assert matter["id"] not in [item["id"] for item in found], query
    assert matter["id"] not in [item["id"] for item in resident.get("matters", held_by="me").json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"held_by": "you"}, (422, "matters.held_by_me_only")),
        ({"light": "blue"}, (422, "matters.unknown_light")),
        ({"place": 10**40}, (404, "territory.unknown")),
        ({"place": "here"}, (422, "bad_input")),
        ({"page": 0}, (422, "bad_input")),
        ({"page": 10_001}, (422, "bad_input")),
        ({"q": "灯" * 101}, (422, "bad_input")),
        ({"q": "灯\0"}, (422, "unprintable")),
        ({"state": "\0"}, (422, "unprintable")),
    ],
)
def test_a_list_that_cannot_be_is_refused(worker: Caller, query: dict[str, Any], expected: Refused) -> None:
    assert refusal(worker.get("matters", **query)) == expected


def test_a_page_of_a_list_costs_eight_statements_at_most(worker: Caller, resident: Caller, scene: Scene) -> None:
    for _ in range(12):
        opened(resident, scene)
    worker.get("matters")
    with CaptureQueriesContext(connection) as queries:
        worker.get("matters", held_by="me", state="reported", place=scene.places["grid"], q="灯坏")
    sent = [query["sql"] for query in queries.captured_queries if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(sent) <= 8, sent


def test_who_may_not_see_a_matter_is_told_that_it_is_not_there(resident: Caller, scene: Scene) -> None:
    matter = opened(resident, scene)["id"]
    for role, number in (("resident", 1), ("grid_worker", 1)):
        stranger = Caller(scene.member(role, number).phone)
        assert refusal(stranger.get(f"matters/{matter}")) == (404, "not_found")
        body = {"move": "take_on", "version": 1}
        assert refusal(stranger.post(f"matters/{matter}/moves", body)) == (404, "not_found")
        assert refusal(stranger.post(f"matters/{matter}/undo", {"version": 1})) == (404, "not_found")
    assert refusal(resident.get(f"matters/{10**40}")) == (404, "not_found")
    assert refusal(resident.get("matters/one")) == (422, "bad_input")
    assert resident.get("matters/one/two").status_code == 404


# Moving -------------------------------------------------------------------------------------------------------------


def test_moves_refused_with_what_to_do_next(resident: Caller, worker: Caller, scene: Scene) -> None:
    matter = opened(resident, scene)
    path = f"matters/{matter['id']}/moves"
    assert refusal(resident.post(path, {"move": "take_on", "version": 1})) == (403, "matters.not_yours")
    assert refusal(worker.post(path, {"move": "fly", "version": 1})) == (422, "matters.unknown_move")
    assert refusal(worker.post(path, {"move": "decline", "version": 1})) == (422, "matters.missing_note")
    assert refusal(worker.post(path, {"move": "take_on"})) == (422, "bad_input")
    assert refusal(worker.post(path, {"move": "take_on", "version": "one"})) == (422, "bad_input")
    stale = worker.post(path, {"move": "take_on", "version": 0})
    assert refusal(stale) == (409, "stale") and stale.json()["version"] == 1
    assert refusal(worker.post(path, {"move": "take_on", "version": 10**40})) == (409, "stale")
    for seat in ([1], {"a": 1}, "1", 1.5, None):
        gives = {"note": "请看看", "seat": seat}
        assert worker.post(path, {"move": "hand_over", "version": 1, "gives": gives}).status_code == 422
    ended = moved(worker, moved(worker, matter, "take_on"), "solve", note="好了")
    for rating in (0, 6, 4.5, "五", [5], {"a": 5}):
        body = {"move": "accept", "version": ended["version"], "gives": {"rating": rating}}
        assert refusal(resident.post(path, body)) == (422, "matters.rating_range")
    moved(resident, ended, "accept")


def test_a_move_is_undone_within_half_a_minute(resident: Caller, worker: Caller, scene: Scene) -> None:
    taken = moved(worker, opened(resident, scene), "take_on")
    path = f"matters/{taken['id']}/undo"
    assert refusal(resident.post(path, {"version": 2})) == (403, "matters.not_yours")
    assert refusal(worker.post(path, {"version": 1})) == (409, "stale")
    undone = worker.post(path, {"version": 2}, key="undo")
    assert (undone.status_code, undone.json()["state"], undone.json()["version"]) == (200, "reported", 3)
    assert worker.post(path, {"version": 2}, key="undo").json() == undone.json()
    assert refusal(worker.post(path, {"version": 3})) == (422, "matters.nothing_to_undo")
    told = worker.get(f"matters/{taken['id']}").json()["timeline"]
    assert [entry["move"] for entry in told] == ["open", "take_on", "undo"] and all(entry["words"] for entry in told)


def test_a_neighbour_follows_and_learns_no_words(resident: Caller, scene: Scene) -> None:
    matter = opened(resident, scene, what="秘密的话")
    neighbour = Caller(scene.member("resident", 1).phone)
    answer = neighbour.post(f"matters/{matter['id']}/moves", {"move": "follow", "version": 0}, key="too")
    assert answer.status_code == 200 and "秘密的话" not in answer.content.decode()
    assert resident.get(f"matters/{matter['id']}").json()["followers"] == 1
    assert matter["id"] not in [item["id"] for item in neighbour.get("matters").json()["items"]]


def test_a_whole_life_and_its_figures(resident: Caller, worker: Caller, scene: Scene) -> None:
    matter = opened(resident, scene)
    for caller, move, gives in (
        (worker, "take_on", {}), (worker, "pause", {"note": "等零件"}), (worker, "resume", {}),
        (worker, "solve", {"note": "好了"}), (resident, "reopen", {"note": "又坏了"}),
        (worker, "solve", {"note": "好了"}), (resident, "accept", {"rating": 5, "note": "谢谢"}),
    ):  # fmt: skip
        matter = moved(caller, matter, move, **gives)
    assert (matter["state"], matter["outcome"], matter["held_by"], matter["due_at"]) == ("closed", "solved", None, None)
    seen = resident.get(f"matters/{matter['id']}").json()
    assert (seen["rating"], seen["light"], seen["timeline"][-1]["rating"]) == (5, None, 5)
    assert [offer["move"] for offer in seen["moves"]] == ["reopen", "complain"]
    assert Matter.objects.count() == 0  # nothing is seen outside of a scope
