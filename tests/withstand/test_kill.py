"""`kill -9` of web, relay and PostgreSQL under load: what was acknowledged is there, once; history is whole."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import psutil
from django.db import connection

from linli.channels.console import postgres
from linli.indicators.models import Tally
from linli.kernel import consumers, relay
from linli.kernel.actor import SYSTEM
from linli.kernel.audit import audit
from linli.kernel.models import Delivery, Done, Event
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters.models import Matter, PublicMatter, Reader, Token
from tests import servers
from tests.withstand.calling import Caller
from tests.withstand.conftest import CODE, Ground, connected

CLIENTS = 6
LOAD = 10.0  # seconds
PROJECTED = (Tally, PublicMatter, Reader, Token)


def test_nothing_acknowledged_is_lost_or_done_twice(ground: Ground) -> None:
    with servers.web(**ground.environment) as (port, web):
        acknowledged = _load_and_kill(ground, port, web.pid)
        _settled(ground, port)
    with connected(ground.server.app_url), tenants.district(CODE):
        relay.drain(datetime.now(UTC))
        with scope(SYSTEM):
            stored = dict(Matter.objects.values_list("id", "version"))
            opened = Event.objects.filter(name="matters.matter.opened", by__startswith="party:").count()
            keys = set(Done.objects.filter(key__startswith="kill-").values_list("key", flat=True))
        assert len(acknowledged) > 20, "there was no load to speak of"
        assert opened == len(stored)
        assert {matter: stored.get(matter) for matter in acknowledged.values()} == dict.fromkeys(
            acknowledged.values(), 2
        )
        assert len(set(acknowledged.values())) == len(acknowledged) and set(acknowledged) <= keys
        assert not Delivery.objects.exists() and not relay.parked()
        live = _tables()
        assert live["matters_publicmatter"] and live["indicators_tally"]
        for consumer in consumers.registered():
            if isinstance(consumer, consumers.Projection):
                relay.rebuild(consumer.name)
        assert _tables() == live
        assert audit().findings == ()


def test_a_database_that_is_away_is_a_503_and_nothing_half_done(ground: Ground) -> None:
    with servers.web(**ground.environment) as (port, _):
        resident = Caller(port, ground.scene.member("resident").phone)
        body = _report(ground)
        resident.insist("POST", "matters", body, "before-away")
        ground.server.stop()
        for key in ("away", "away"):
            status, answer, headers = resident.once("POST", "matters", body, key)
            assert (status, answer["code"]) == (503, "database_away") and int(headers["retry-after"]) > 0
        ground.server = postgres.start(ground.folder)
        status, _, _ = resident.insist("POST", "matters", body, "away")
        assert status == 201
    with connected(ground.server.app_url), tenants.district(CODE), scope(SYSTEM):
        assert Done.objects.filter(key="away").count() == 1
        assert Matter.objects.count() == Event.objects.filter(name="matters.matter.opened").count()


def _load_and_kill(ground: Ground, port: int, web: int) -> dict[str, int]:
    """Clients open and take on matters while processes die. Returns the acknowledged matters by their key."""
    acknowledged: dict[str, int] = {}
    ended = threading.Event()

    def client(number: int) -> None:
        resident = Caller(port, ground.scene.member("resident").phone)
        worker = Caller(port, ground.scene.member("grid_worker").phone)
        for turn in range(10_000):
            if ended.is_set():
                return
            key = f"kill-{number}-{turn}"
            status, matter, _ = resident.insist("POST", "matters", _report(ground), key)
            assert status == 201, matter
            move = {"move": "take_on", "version": 1}
            status, answer, _ = worker.insist("POST", f"matters/{matter['id']}/moves", move, f"{key}-move")
            assert (status, answer["version"]) == (200, 2), answer
            acknowledged[key] = matter["id"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client, number) for number in range(CLIENTS)]
        _kill_by_turns(ground, web)
        ended.set()
        for running in clients:
            running.result(timeout=90)
    return acknowledged


def _kill_by_turns(ground: Ground, web: int) -> None:
    chance = random.Random(7)
    until = time.monotonic() + LOAD
    with ExitStack() as stack:
        worker = stack.enter_context(_worker(ground))
        victims = ["web", "worker", "postgres", "worker", "web", "postgres"]
        for victim in victims:
            time.sleep(chance.uniform(0.5, 1.5))
            if victim == "web":
                children = psutil.Process(web).children(recursive=True)
                _kill(chance.choice(children).pid if children else 0)
            elif victim == "worker":
                _kill(worker)
                worker = stack.enter_context(_worker(ground))
            else:
                _kill(ground.server.pid)
        time.sleep(max(0.0, until - time.monotonic()))


@contextmanager
def _worker(ground: Ground) -> Iterator[int]:
    with servers.worker(**ground.environment) as process:
        yield process.pid


def _kill(pid: int) -> None:
    if pid:
        os.kill(pid, signal.SIGKILL)


def _settled(ground: Ground, port: int) -> None:
    """The web answers again from all of its workers."""
    resident = Caller(port, ground.scene.member("resident").phone)
    for _ in range(5):
        assert resident.insist("GET", "kinds")[0] == 200


def _report(ground: Ground) -> dict[str, Any]:
    form = {"what": "三单元楼道灯不亮", "topic": "lighting"}
    return {"kind": "report", "place": ground.scene.places["home"], "form": form}


def _tables() -> dict[str, list[tuple[Any, ...]]]:
    """What the projections hold, without the ids of rows, which a rebuild gives anew."""
    tables = {}
    with scope(SYSTEM):
        for model in PROJECTED:
            names = [f.column for f in model._meta.concrete_fields if f.column != "id"]
            with connection.cursor() as cursor:
                columns = ", ".join(f'"{name}"' for name in names)
                cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")
                tables[model._meta.db_table] = sorted(cursor.fetchall(), key=repr)
    return tables
