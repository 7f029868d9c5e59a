"""Messages become reports and come to an end, by the people whose turn it is."""

import json
from http.client import HTTPConnection
from typing import Any

import pytest
from django.test import Client

from linli.channels.console.evaluate_messages import Person, Unexpected, handle
from tests.cast import MEMBERS, PASSWORD, Scene


class AtTheDesk(Person):
    """The same person, without a network in between."""

    def __init__(self, phone: str, place: int) -> None:
        self.client = Client()
        super().__init__(HTTPConnection("127.0.0.1"), place, {})
        token = self.post("session", {"phone": phone, "password": PASSWORD}, "")["token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers).json()

    def post(self, path: str, body: Any, key: str) -> Any:
        headers = {**self.headers, "Idempotency-Key": key} if key else self.headers
        answer = self.client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)
        if answer.status_code not in (200, 201):
            raise Unexpected(f"{answer.status_code} {answer.content.decode()}")
        return answer.json()


class Townspeople(dict[str, Person]):
    """Each signs in when it is their turn."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        residents = [member for member in MEMBERS if member.role == "resident"]
        self.members = {member.name: member for member in MEMBERS}
        self.members |= {f"resident {number}": member for number, member in enumerate(residents)}
        self.scene = scene

    def __missing__(self, name: str) -> Person:
        member = self.members[name]
        self[name] = AtTheDesk(member.phone, self.scene.places[member.where])
        return self[name]


@pytest.fixture
def people(scene: Scene) -> Townspeople:
    return Townspeople(scene)


@pytest.mark.parametrize(
    ("number", "states"),
    [
        (40, ["reported", "declined"]),
        (41, ["reported", "reported", "working", "solved", "closed"]),
        (45, ["reported", "working", "solved", "closed"]),
    ],
)
def test_each_message_comes_to_its_end(people: Townspeople, number: int, states: list[str]) -> None:
    text = "\n  晚上黑 \t 三天了。" * 100
    message = {"id": str(number), "user": "U1", "subject": "路灯不亮", "text": text, "label": "x"}
    seen: set[int] = set()
    handle(message, people, seen)
    [matter] = seen
    timeline = people["王海涛"].get(f"matters/{matter}")["timeline"]
    assert [entry["state"] for entry in timeline] == states


def test_the_same_number_again_opens_nothing(people: Townspeople) -> None:
    message = {"id": "47", "user": "U2", "subject": "水管", "text": "漏水", "label": "x"}
    seen: set[int] = set()
    handle(message, people, seen)
    handle({**message, "label": "y"}, people, seen)
    assert len(seen) == 1
