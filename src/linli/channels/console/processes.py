"""`linli run`: starts database, pages and worker, looks after them, and takes all of them down when it goes.

It holds nothing itself: a killed supervisor loses no data. What it starts dies with it, even after `kill -9`: the
children by the kernel's parent-death signal, the database because its last user is gone.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
import psycopg

from linli.channels.console import migrations, postgres, premises
from linli.channels.console.failure import ConsoleFailure
from linli.channels.console.keeper import die_with_parent
from linli.channels.console.main import use_data_dir

PATIENCE = 10.0  # seconds that a child may take to stop before it is killed
LONGEST_PAUSE = 30.0  # seconds between two attempts to start a child that keeps failing
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOOK = 0.25  # seconds between two looks at the children


@dataclass(slots=True)
class Child:
    """A process that is started again when it ends by itself. It leads a group of its own, so none of it is left."""

    name: str
    command: list[str]
    last_words: signal.Signals  # what the kernel tells it when the supervisor is gone
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = field(default=0)

    def start(self, surroundings: "Surroundings") -> None:
        self.process = surroundings.spawn(self.command, self.last_words)
        self.began = time.monotonic()

    def look_after(self, surroundings: "Surroundings") -> None:
        """Starts it again when it has ended: at once the first time, then after longer and longer pauses."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.began > LONGEST_PAUSE:
            self.failures = 0
        if time.monotonic() - self.began < min(2.0**self.failures - 1, LONGEST_PAUSE):
            return
        _kill_group(self.process)
        click.echo(f"{self.name} ended with {self.process.returncode}; it is started again", err=True)
        self.failures += 1
        self.start(surroundings)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """As whom, where and with which environment children run."""

    home: Path
    user: premises.ServerUser | None
    environment: Mapping[str, str]
    owner_url: str

    def spawn(self, command: list[str], last_words: signal.Signals, **extra: str) -> subprocess.Popen[bytes]:
        if (self.home / "demo").exists():
            extra["LINLI_DEMO"] = "1"
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=self.home,
            env={**self.environment, **extra},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(last_words),
            **premises.identity(self.user),
        )
        return process

    def carry_out(self, *words: str) -> None:
        """Runs another command of `linli` to its end, as the owner of the database."""
        command = [sys.executable, "-m", "linli.channels.console", *words]
        process = self.spawn(command, signal.SIGTERM, OWNER_DATABASE_URL=self.owner_url)
        try:
            if process.wait() != 0:
                raise ConsoleFailure(f"`linli {' '.join(words)}` failed")
        finally:
            _kill_group(process)


@click.command()
@click.option("--host", default="127.0.0.1", envvar="LINLI_HOST", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=2, envvar="LINLI_WORKERS", show_default=True, type=click.IntRange(1), help="Processes."
)
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Whether a database without districts is filled with the demo, whose passwords are public. "
    "Without either: on this machine alone (127.0.0.1) yes, for others to reach no.",
)
def run(host: str, port: int, workers: int, demo: bool | None) -> None:
    """Run everything: database, pages and worker, until SIGTERM or Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    home = use_data_dir()
    _require_free_port(host, port)
    server, children = None, [_web(host, port, workers), _worker()]
    try:
        if not os.environ.get("DATABASE_URL"):
            server = postgres.start(home)
            os.environ.update(DATABASE_URL=server.app_url, OWNER_DATABASE_URL=server.owner_url)
        surroundings = _surroundings(home)
        _make_ready(surroundings, host in LOOPBACK if demo is None else demo)
        for child in children:
            child.start(surroundings)
        _announce(surroundings, host, port, children)
        while True:
            time.sleep(LOOK)
            for child in children:
                child.look_after(surroundings)
            if server and not server.alive():
                click.echo("the database ended; it is started again", err=True)
                server = postgres.start(home)
    finally:
        _stop([child.process for child in children if child.process])
        if server:
            server.stop()


def _leave(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _web(host: str, port: int, workers: int) -> Child:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4"]
    command += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "8"]
    command += ["--log-level", "warning", "linli.wsgi:application"]
    return Child("web", command, signal.SIGTERM)


def _worker() -> Child:
    return Child("worker", [sys.executable, "-m", "linli.channels.console", "work"], signal.SIGKILL)


def _surroundings(home: Path) -> Surroundings:
    environment = {**os.environ, "DATA_DIR": str(home), "DJANGO_SETTINGS_MODULE": "linli.settings"}
    owner_url = environment.pop("OWNER_DATABASE_URL", "")
    if not owner_url:
        raise ConsoleFailure("DATABASE_URL is set, OWNER_DATABASE_URL is not: it is needed to migrate")
    user = premises.server_user(home)
    if user and not _can_run_python(user):
        click.echo(f"The pages run as root: user {user.name} cannot reach {sys.executable} or the checkout", err=True)
        user = None
    if user:
        environment |= {"HOME": str(home), "USER": user.name, "LOGNAME": user.name, "PYTHONDONTWRITEBYTECODE": "1"}
    return Surroundings(home, user, environment, owner_url)


def _can_run_python(user: premises.ServerUser) -> bool:
    needed = [Path(sys.executable), Path(os.__file__), Path(psycopg.__file__), Path(__file__)]
    return all(premises.can_read(path, user) for path in needed)


def _make_ready(surroundings: Surroundings, demo: bool) -> None:
    if not migrations.up_to_date(surroundings.home, surroundings.owner_url):
        click.echo("The database is brought up to date ...")
        surroundings.carry_out("migrate")
    unfinished = surroundings.home / "demo.unfinished"
    if demo and (unfinished.exists() or _is_new(surroundings.owner_url)):
        click.echo("The demo district is made; this takes a moment, once ...")
        unfinished.touch()
        surroundings.carry_out("demo", "reset")
        unfinished.unlink()


def _is_new(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM public.registry_district WHERE kind = 'district'").fetchone()
    return row is not None and row[0] == 0


def _announce(surroundings: Surroundings, host: str, port: int, children: list[Child]) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    while not _answers(f"{address}/healthz"):
        for child in children:
            child.look_after(surroundings)
        time.sleep(0.05)
    click.echo(f"Linli 邻里  {address}   (Ctrl-C ends it)")
    if (surroundings.home / "demo").exists():
        surroundings.carry_out("demo", "accounts")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = f"cannot listen on {host} port {port}: {problem.strerror}; PORT=... chooses another"
            raise ConsoleFailure(reason) from None


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _kill_group(process)
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
