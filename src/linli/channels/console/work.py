"""`linli work`: the worker. It relays events and runs the recurring jobs, in all districts in turn."""

import signal
import threading
import time

import click


@click.command()
def work() -> None:
    """Relay events and run recurring jobs until told to stop."""
    import django

    django.setup()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Worker().run(stopped)


class Worker:
    """One round: hints, jobs that are due, and a limited batch of events from each district, so that a busy one
    does not starve the others. A database that is away is waited for."""

    POLL = 1.0  # seconds between two looks when nobody hints at anything

    def __init__(self) -> None:
        self._ran: dict[tuple[str, str], float] = {}
        self._listener = None
        self._introduced: set[str] = set()

    def run(self, stopped: threading.Event) -> None:
        from django.db import InterfaceError, OperationalError, connection

        while not stopped.is_set():
            try:
                if not self.round(stopped):
                    self._wait(self.POLL)
            except (OperationalError, InterfaceError):
                connection.close()
                self._listener = None
                stopped.wait(1.0)

    def round(self, stopped: threading.Event) -> int:
        """Once through all districts. Returns how many events were delivered."""
        from linli import clock
        from linli.kernel import relay
        from linli.kernel.registry import tenants

        delivered = 0
        for district in tenants.all_districts():
            if stopped.is_set():
                break
            with tenants.district(district.code):
                if district.code not in self._introduced:
                    relay.introduce(clock.now())
                    self._introduced.add(district.code)
                for job in clock.JOBS:
                    if self._due(district.code, job.name, job.every.total_seconds()):
                        job.run(clock.now())
                delivered += relay.deliver(clock.now())
        return delivered

    def _due(self, code: str, name: str, every: float) -> bool:
        now = time.monotonic()
        if now - self._ran.get((code, name), -every) < every:
            return False
        self._ran[code, name] = now
        return True

    def _wait(self, seconds: float) -> None:
        """Sleep until an event is announced or the time is up."""
        import psycopg

        from linli.kernel.registry import tenants

        if self._listener is None:
            self._listener = psycopg.connect(tenants.database_address(), autocommit=True)
            self._listener.execute("LISTEN linli")
            return  # what was announced before we listened is looked for once more
        for _ in self._listener.notifies(timeout=seconds, stop_after=1):
            pass
