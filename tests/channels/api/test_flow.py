"""The main job through the API: reported, taken on, solved, accepted and rated."""

from tests.cast import Scene
from tests.channels.api.caller import Caller


def test_a_report_is_taken_on_solved_accepted_and_rated(scene: Scene) -> None:
    resident = Caller(scene.member("resident").phone)
    worker = Caller(scene.member("grid_worker").phone)
    body = {"kind": "report", "place": scene.places["home"], "form": {"what": "楼道灯坏了", "topic": "lighting"}}
    opened = resident.post("matters", body, key="one")
    assert opened.status_code == 201, opened.content.decode()
    matter = opened.json()
    assert matter["held_by"]["name"] == scene.member("grid_worker").name
    again = resident.post("matters", body, key="one")
    assert again.json() == matter
    held = worker.get("matters", held_by="me")
    assert held.status_code == 200, held.content.decode()
    assert matter["id"] in [item["id"] for item in held.json()["items"]]
    taken = worker.post(f"matters/{matter['id']}/moves", {"move": "take_on", "version": 1}, key="two")
    assert taken.status_code == 200, taken.content.decode()
    solved = worker.post(
        f"matters/{matter['id']}/moves", {"move": "solve", "version": 2, "gives": {"note": "换了灯泡"}}, key="three"
    )
    assert solved.status_code == 200, solved.content.decode()
    stale = worker.post(f"matters/{matter['id']}/moves", {"move": "solve", "version": 2, "gives": {"note": "x"}})
    assert stale.status_code == 409 and stale.json()["version"] == 3
    own = worker.post(f"matters/{matter['id']}/moves", {"move": "accept", "version": 3, "gives": {"rating": 5}})
    assert own.status_code == 403
    accepted = resident.post(f"matters/{matter['id']}/moves", {"move": "accept", "version": 3, "gives": {"rating": 5}})
    assert accepted.status_code == 200, accepted.content.decode()
    assert accepted.json()["state"] == "closed"
    seen = resident.get(f"matters/{matter['id']}").json()
    assert [entry["move"] for entry in seen["timeline"]] == ["open", "take_on", "solve", "accept"]
