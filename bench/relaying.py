"""How long an event takes from being recorded to its last delivery."""

import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
from django.db import connection

from bench import http
from linli.kernel import relay
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.command import command
from linli.kernel.district import schema
from linli.kernel.event import record
from linli.kernel.models import Delivery, Event
from linli.kernel.registry import tenants
from linli.matters.models import Matter
from tests.installation import DISTRICT


class Watch:
    """Looks every few milliseconds at what is undelivered; what has gone since was delivered."""

    PAUSE = 0.01  # seconds between two looks: the error of the measure

    def __init__(self) -> None:
        self.took: list[float] = []
        self._stop = threading.Event()
        self._schema = schema()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(1.5)
        self._stop.set()
        self._thread.join()

    def p95_ms(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.95)] * 1000 if self.took else float("nan")

    def _look(self) -> None:
        waiting: dict[str, datetime] = {}
        seen: set[str] = set()
        with psycopg.connect(tenants.database_address(), autocommit=True) as database:
            database.execute(f"SET search_path = {self._schema}")
            since = datetime.now(UTC)
            while not self._stop.is_set():
                recent = database.execute(
                    "SELECT id::text, recorded_at FROM kernel_event WHERE recorded_at > %s", [since]
                ).fetchall()
                left = {row[0] for row in database.execute("SELECT event_id::text FROM kernel_delivery").fetchall()}
                now = datetime.now(UTC)
                waiting.update({event: at for event, at in recent if event not in seen})
                seen.update(event for event, _ in recent)
                for event in [event for event in waiting if event not in left]:
                    self.took.append((now - waiting.pop(event)).total_seconds())
                since = max(since, now - timedelta(seconds=3))
                time.sleep(self.PAUSE)


def over_http(port: int, token: str, place: int, *, rate: float = 50.0, seconds: float = 10.0) -> float:
    """p95 in milliseconds while matters are opened over HTTP at a rate; a worker process relays."""

    def opening(number: int) -> http.Request:
        form = {"what": f"楼道灯坏了 {number}", "topic": "lighting"}
        return "POST", "matters", {"kind": "report", "place": place, "form": form}, token, f"relay{number}"

    http.run(port, lambda number: opening(-1 - number), seconds=0.1, clients=1)
    _await_worker()
    with Watch() as watch:
        result = http.run(port, opening, seconds=seconds, clients=8, rate=rate)
    assert set(result.statuses) == {201}, result.statuses
    return watch.p95_ms()


def _await_worker() -> None:
    """The worker is up when it has delivered what was recorded."""
    until = time.monotonic() + 60
    while Delivery.objects.exists():
        assert time.monotonic() < until, "the worker delivers nothing"
        time.sleep(0.05)


@command("bench.note")
def note(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, matter: int) -> Event:
    """An event that a projection listens to and that costs nothing else."""
    found = Matter.objects.get(pk=matter)
    body = {"kind": "report", "place": found.place_id, "path": found.path, "post": "grid_worker"}
    return record(found, "matters.matter.alarmed", by=by.ref, at=at, cause=cause, body=body, changes={})


def in_process(matters: list[int], *, rate: float = 200.0, seconds: float = 10.0) -> float:
    """p95 in milliseconds while this process records `rate` events a second and another thread relays them."""
    stop = threading.Event()
    thread = threading.Thread(target=_relay, args=(stop,))
    thread.start()
    with Watch() as watch:
        began, number = time.perf_counter(), 0
        while (now := time.perf_counter() - began) < seconds:
            if number / rate > now:
                time.sleep(number / rate - now)
            note(by=SYSTEM, at=datetime.now(UTC), matter=matters[number % len(matters)])
            number += 1
    stop.set()
    thread.join()
    return watch.p95_ms()


def _relay(stop: threading.Event) -> None:
    with tenants.district(DISTRICT):
        while not stop.is_set():
            if not relay.deliver(datetime.now(UTC)):
                time.sleep(0.02)
    connection.close()
