"""Real residents' words, opened as reports and handled to an end, all over HTTP by the people whose turn it is.

The rule, by the message's number: every twentieth is declined and the right office named; the one after it goes up to
the community's desk; all others are taken on and solved where they arrived. The resident accepts with three to five
stars what was solved.
"""

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from zlib import crc32

from linli.channels.console.failure import ConsoleFailure

PATIENCE = 60.0  # seconds until the server has started, or the relay has counted everything
_LINLI = [sys.executable, "-m", "linli.channels.console"]
_TALLIES = {"closed": "closed", "accepted": "solved", "declined": "declined", "escalated": "escalated"}


class Unexpected(ConsoleFailure):
    """The API gave another status than it should have."""


@dataclass
class Person:
    """Somebody who is signed in at the API."""

    connection: HTTPConnection
    place: int
    headers: dict[str, str]

    def get(self, path: str) -> Any:
        return _ask(self.connection, "GET", path, None, self.headers)

    def post(self, path: str, body: Mapping[str, Any], key: str) -> Any:
        return _ask(self.connection, "POST", path, body, {**self.headers, "Idempotency-Key": key})


def figures(file: Path) -> dict[str, float]:
    """How many messages became reports, how many stood in the file twice, and what became of them."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        messages = list(csv.DictReader(opened))
    subprocess.run([*_LINLI, "demo", "reset", "--no-matters"], check=True, stdout=subprocess.DEVNULL)
    with _server() as port:
        people = _sign_in(port)
        began = time.monotonic()
        seen: set[int] = set()
        for message in messages:
            handle(message, people, seen)
        seconds = time.monotonic() - began
        office = people["district_office"]
        counted = {name: _counted(office, measure) for name, measure in _when_counted(office, len(seen)).items()}
    return {
        **{f"messages.{name}": value for name, value in counted.items()},
        "messages.duplicates": len(messages) - len(seen),
        "messages.seconds": round(seconds, 1),
    }


def handle(message: Mapping[str, str], people: Mapping[str, Person], seen: set[int]) -> None:
    """Open a message and see it to its end; one whose number was there before opens nothing again."""
    number, place = message["id"], crc32(message["user"].encode()) % 3
    resident = people[f"resident {place}"]
    form = {"what": f"{message['subject']}\n{message['text']}"}
    stands = resident.post("matters", {"kind": "report", "place": resident.place, "form": form}, number)
    if stands["id"] in seen:
        return
    seen.add(stands["id"])
    at, turn = f"matters/{stands['id']}/moves", int(number) % 20

    def move(by: Person, move: str, **gives: Any) -> None:
        nonlocal stands
        body = {"move": move, "version": stands["version"], "gives": gives}
        stands = by.post(at, body, f"{number}/{stands['version']}")

    holder = people[stands["held_by"]["name"]]
    if turn == 0:
        move(holder, "decline", note="这件事不归社区办理，请向有关部门反映。", right_office="市民服务热线")
        return
    if turn == 1:
        move(holder, "raise_up", note="需要社区协调。")
        holder = people[stands["held_by"]["name"]]
    move(holder, "take_on")
    move(holder, "solve", note="已到现场处理，情况已向反映人说明。")
    move(resident, "accept", rating=3 + int(number) % 3)


def _when_counted(office: Person, opened: int) -> dict[str, str]:
    """The measures to read, once the relay has counted all that was opened and closed."""
    deadline = time.monotonic() + PATIENCE
    while min(_counted(office, "opened"), _counted(office, "closed")) < opened:
        if time.monotonic() > deadline:
            raise Unexpected(f"the indicators have not counted {opened} matters within {PATIENCE:.0f} s")
        time.sleep(0.2)
    return {"opened": "opened", **_TALLIES}


def _counted(office: Person, measure: str) -> int:
    return int(office.get(f"indicators?measure={measure}&by=month")["numerator"])


def _sign_in(port: int) -> dict[str, Person]:
    """Everybody of the cast by role (the residents numbered), and by the name that a matter says it is held by."""
    said = subprocess.run([*_LINLI, "demo", "accounts", "--all", "--json"], check=True, capture_output=True, text=True)
    people: dict[str, Person] = {}
    residents = 0
    for account in json.loads(said.stdout):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        proof = {"phone": account["phone"], "password": account["password"]}
        token = _ask(connection, "POST", "session", proof, {})["token"]
        person = Person(connection, account["place"], {"Authorization": f"Bearer {token}"})
        role = account["role"]
        if role == "resident":
            role, residents = f"resident {residents}", residents + 1
        people.setdefault(role, person)
        people[account["name"]] = person
    return people


@contextmanager
def _server() -> Iterator[int]:
    """`linli run` on a free port, until it is ready; stopped at the end with all that it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    surroundings = {**os.environ, "PORT": str(port)}
    running = subprocess.Popen([*_LINLI, "run"], env=surroundings, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _is_ready(port):
            if running.poll() is not None or time.monotonic() > deadline:
                raise Unexpected("the server did not start")
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait()


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _ask(connection: HTTPConnection, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
    sent = None if body is None else json.dumps(body).encode()
    typed = {**headers, **({"Content-Type": "application/json"} if sent else {})}
    for last_try in (False, True):
        try:
            connection.request(method, f"/api/v1/{path}", sent, typed)
            answer = connection.getresponse()
            break
        except ConnectionError:  # the server closes connections that were idle; the key makes asking again safe
            connection.close()
            if last_try:
                raise
    said = answer.read()
    if answer.status not in (200, 201):
        raise Unexpected(f"{method} {path.partition('?')[0]}: {answer.status} {said[:200].decode(errors='replace')}")
    return json.loads(said)
