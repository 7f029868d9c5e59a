"""The worker: woken by hints, kept honest by polling, stopped by nothing that goes wrong in one place."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django_tenants.utils import schema_context

from linli.channels.console import work
from linli.channels.console.work import Worker
from linli.clock import Job
from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.event import record
from linli.kernel.holidays import announce
from linli.kernel.models import Consumer, Delivery, Event
from linli.kernel.registry import tenants
from linli.kernel.registry.models import District
from linli.kernel.scope import scope
from tests.installation import DISTRICT, SERVER, owner_login
from tests.kernel import lamps
from tests.kernel.lamps import Seen, Tally, hung, switched

ROOT = Path(__file__).resolve().parents[2]
OFTEN = timedelta(seconds=0)
ANNOUNCED = "kernel.calendar.announced"


@pytest.fixture
def lamp(district: str) -> Iterator[int]:
    """A lamp whose switches are counted."""
    with lamps.listening(listens=(lamps.SWITCHED,)):
        relay.introduce()
        yield hung()


@contextmanager
def _at_work(*jobs: Job) -> Iterator[Worker]:
    stopped = threading.Event()
    worker = Worker(jobs)

    def run() -> None:
        try:
            worker.run(stopped)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        _await(_somebody_listens)
        yield worker
    finally:
        stopped.set()
        thread.join(10)
    assert not thread.is_alive()


def test_a_hint_wakes_the_worker(lamp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "POLL", 3600.0)
    with _at_work():
        for seen in range(1, 6):
            switched(lamp)
            _await(lambda seen=seen: Seen.objects.count() == seen)


def test_without_a_hint_the_worker_looks_by_itself(lamp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "POLL", 0.1)
    with _at_work():
        switched(lamp)
        _await(lambda: Seen.objects.count() == 1)
        event = Event.objects.get(seq=2)
        Delivery.objects.create(consumer="lamps.counts", subject=event.subject, seq=event.seq, event=event)
        _await(lambda: Tally.objects.get().total == 2)


def test_the_worker_takes_up_what_was_recorded_before_it_came(lamp: int) -> None:
    switched(lamp, 3)
    with _at_work():
        _await(lambda: Seen.objects.count() == 3)


def test_a_failing_job_stops_neither_the_others_nor_the_relay(
    lamp: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(work, "POLL", 0.05)
    ran: list[datetime] = []

    def fail(at: datetime) -> None:
        raise ValueError("what the lamp's owner wrote")

    def break_the_transaction(at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    jobs = Job("fail", OFTEN, fail), Job("divide", OFTEN, break_the_transaction), Job("run", OFTEN, ran.append)
    with caplog.at_level(logging.WARNING), _at_work(*jobs):
        switched(lamp)
        _await(lambda: Seen.objects.count() == 1 and len(ran) > 3)
    assert "'fail'" in caplog.text and "ValueError" in caplog.text and "DataError" in caplog.text
    assert "wrote" not in caplog.text and "1 / 0" not in caplog.text


def test_a_job_runs_in_every_district_as_often_as_it_says(lamp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "POLL", 0.05)
    ran: list[str] = []

    def note(at: datetime) -> None:
        ran.append(connection.schema_name)

    often: list[str] = []
    with _at_work(
        Job("rarely", timedelta(hours=1), note), Job("often", OFTEN, lambda at: often.append(connection.schema_name))
    ):
        _await(lambda: len(often) > 8)
    assert sorted(ran) == [each.schema_name for each in tenants.all_districts()]


def test_a_broken_district_stops_no_other(lamp: int, caplog: pytest.LogCaptureFixture) -> None:
    """Such as one that is just being made: it is registered, its tables are not there yet."""
    with owner_login(), schema_context("public"):
        District.objects.create(code="000001", schema_name="d000001", name="未建成")
    try:
        with caplog.at_level(logging.WARNING), _at_work():
            switched(lamp)
            _await(lambda: Seen.objects.count() == 1)
    finally:
        with owner_login():
            tenants.drop_district("000001")
    assert "000001" in caplog.text and "ProgrammingError" in caplog.text


def test_a_busy_district_starves_no_other(district: str) -> None:
    """While one has thousands of events to deliver, what happens elsewhere is delivered in between."""
    handed: list[str] = []
    backlog = 3 * relay.BATCH

    def note(event: Event) -> None:
        if not handed:
            with tenants.district(DISTRICT):
                announce(by=SYSTEM, at=lamps.AT, years=[2099], days={})
        handed.append(event.name)

    with lamps.listening(note, name="lamps.note", listens=(lamps.SWITCHED, ANNOUNCED), acts=True):
        for code in (DISTRICT, district):
            with tenants.district(code):
                relay.introduce()
        lamp = lamps.Lamp.objects.get(pk=hung())
        with scope(SYSTEM):
            for _ in range(backlog):
                record(lamp, lamps.SWITCHED, by="system", at=lamps.AT, cause=None, body={}, changes={})
        with _at_work():
            _await(lambda: len(handed) == backlog + 1)
        with tenants.district(DISTRICT):
            Consumer.objects.filter(name="lamps.note").delete()
    assert handed.index(ANNOUNCED) < 2 * relay.BATCH


def test_the_worker_outlives_a_database_that_is_started_anew(lamp: int) -> None:
    with _at_work():
        switched(lamp)
        _await(lambda: Seen.objects.count() == 1)
        before = SERVER.pid
        os.kill(before, signal.SIGINT)
        _await(lambda: SERVER.pid not in (0, before) and _answers(), patience=60)  # it writes down all it has first
        connection.close()
        switched(lamp)
        _await(lambda: Seen.objects.count() == 2)
    assert Tally.objects.get().total == 2


@pytest.mark.parametrize("busy", [False, True])
def test_the_program_stops_when_told_to_even_in_the_midst_of_something(district: str, busy: bool) -> None:
    process = _start()
    try:
        _await(lambda: _somebody_listens() or process.poll() is not None, patience=30)
        with psycopg.connect(SERVER.owner_url) as owner:
            if busy:
                owner.execute("LOCK TABLE d990001.kernel_consumer IN ACCESS EXCLUSIVE MODE")
                _await(lambda: _somebody_waits(owner))
            told = time.monotonic()
            process.terminate()
            assert process.wait(10) == 0
            took = time.monotonic() - told
        assert took < 2.0 + 1.0, "two seconds, and one for a machine that has other things to do"
    finally:
        process.kill()
        process.wait()


def _start() -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-m", "linli.channels.console", "work"], cwd=ROOT, env=environment)


def _somebody_listens() -> bool:
    with psycopg.connect(SERVER.app_url, autocommit=True) as app:
        found = app.execute("SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN linli' AND state = 'idle'")
        return found.fetchone() is not None


def _somebody_waits(owner: psycopg.Connection) -> bool:
    return owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None


def _answers() -> bool:
    try:
        psycopg.connect(SERVER.app_url).close()
    except psycopg.OperationalError:
        return False
    return True


def _await(condition: Callable[[], bool], patience: float = 15.0) -> None:
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
