"""`linli work`: the worker. It relays events and runs the recurring jobs, in all districts in turn.

It may be killed at any moment: whatever it does is either done or not begun.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # loaded when the worker starts: other commands of the program do without
    import psycopg

    from linli.clock import Job
    from linli.kernel.registry.models import District

log = logging.getLogger("linli.work")

POLL = 1.0  # seconds between two looks at every district, whether anybody hinted or not
BREATH = 0.2  # seconds between two looks at whether to stop
PAUSE = 0.5  # seconds between two attempts to reach a database that is away
LAST_CALL = 1.5  # seconds that what is under way gets to end


@click.command()
def work() -> None:
    """Relay events and run recurring jobs until told to stop."""
    import django

    django.setup()
    from linli.clock import JOBS

    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        last_call = threading.Timer(LAST_CALL, os._exit, [0])
        last_call.daemon = True
        last_call.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    Worker(JOBS).run(stopped)


class Worker:
    """Each second all districts, in between those where something happened: to each its jobs that are due and a
    limited batch of events, so that a busy one does not starve the others. What goes wrong in one stays there."""

    def __init__(self, jobs: "Sequence[Job]") -> None:
        self._jobs = jobs
        self._ran: dict[tuple[str, str], float] = {}
        self._listener: psycopg.Connection | None = None

    def run(self, stopped: threading.Event) -> None:
        """Work until `stopped`. A database that is away is waited for."""
        import psycopg
        from django.db import DatabaseError, InterfaceError, connection

        while not stopped.is_set():
            try:
                self._work(stopped)
            except (DatabaseError, InterfaceError, psycopg.Error) as error:
                log.warning("the database is away: %s", type(error).__name__)
                connection.close()
                self._stop_listening()
                stopped.wait(PAUSE)
        self._stop_listening()

    def _work(self, stopped: threading.Event) -> None:
        from linli.kernel.registry import tenants

        looked = -POLL
        while not stopped.is_set():
            if time.monotonic() - looked >= POLL:
                looked = time.monotonic()
                districts = tenants.all_districts()
                turn = {district.schema_name for district in districts}
            busy = {each.schema_name for each in districts if each.schema_name in turn and self._serve(each, stopped)}
            turn = busy | self._hints(stopped, until=0.0 if busy else looked + POLL)

    def _serve(self, district: "District", stopped: threading.Event) -> int:
        """What is due in a district, and a batch of events. Returns how many were delivered."""
        from django.db import connection

        from linli import clock
        from linli.kernel import relay
        from linli.kernel.registry import tenants

        try:
            with tenants.district(district.code):
                for job in self._jobs:
                    if not stopped.is_set() and self._is_due(district.code, job):
                        self._run(district.code, job)
                return 0 if stopped.is_set() else relay.deliver(clock.now())
        except Exception as error:
            if not connection.is_usable():
                raise
            log.error("relay in %s: %s", district.code, type(error).__name__)
            return 0

    def _is_due(self, code: str, job: "Job") -> bool:
        now = time.monotonic()
        if now - self._ran.get((code, job.name), -float("inf")) < job.every.total_seconds():
            return False
        self._ran[code, job.name] = now
        return True

    def _run(self, code: str, job: "Job") -> None:
        """One job; when it fails, the log names it and the kind of fault, not what it was about."""
        from django.db import connection

        from linli import clock

        try:
            job.run(clock.now())
        except Exception as error:
            if not connection.is_usable():
                self._ran.pop((code, job.name))
                raise
            log.error("job %r in %s: %s", job.name, code, type(error).__name__)

    def _hints(self, stopped: threading.Event, until: float) -> set[str]:
        """The schemas in which something was recorded; waits for one `until` then, on the monotonic clock."""
        import psycopg

        from linli.kernel.registry import tenants

        if self._listener is None:
            self._listener = psycopg.connect(tenants.database_address(), autocommit=True)
            self._listener.execute("LISTEN linli")
            return {district.schema_name for district in tenants.all_districts()}  # what happened before
        hints = {hint.payload for hint in self._listener.notifies(timeout=0)}
        while not hints and not stopped.is_set() and (left := until - time.monotonic()) > 0:
            hints = {hint.payload for hint in self._listener.notifies(timeout=min(left, BREATH), stop_after=1)}
        return hints

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
