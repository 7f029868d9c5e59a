"""`linli run`: it serves, it survives the death of its parts, and nothing survives it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from linli.channels.console import postgres, processes

LINLI = [sys.executable, "-m", "linli.channels.console"]


class House:
    """A running `linli run` with everything that it started."""

    def __init__(self, data_dir: Path, **extra: str) -> None:
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        surroundings = {**_surroundings(data_dir), "PORT": str(self.port), **extra}
        command = [*LINLI, "run", "--no-demo", "--workers", "1"]
        self.process = subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline()]
        while self.said[-1] and self.address not in self.said[-1]:
            self.said.append(self.process.stdout.readline())

    def parts(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, word: str) -> psutil.Process:
        """The oldest process whose command line has this word."""
        found = [part for part in self.parts() if word in _words(part)]
        return min(found, key=lambda part: part.create_time())

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A migrated installation; every test starts it once more."""
    with tempfile.TemporaryDirectory(prefix="linli-") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "var"
        subprocess.run([*LINLI, "migrate"], env=_surroundings(folder), check=True, capture_output=True)
        yield folder


@pytest.fixture
def house(data_dir: Path) -> Iterator[House]:
    running = House(data_dir)
    yield running
    running.end()


def test_sigterm_ends_everything(house: House) -> None:
    assert house.ready()
    parts = house.parts()
    for word in ("granian", "work", str(_postgres_of(house))):
        assert any(word in _words(part) for part in parts), word
    if os.geteuid() == 0:
        assert all(part.uids().real != 0 for part in parts if {"granian", "work"} & {*_words(part)})
    house.process.terminate()
    assert house.process.wait(timeout=20) == 0
    assert _left(parts) == []


def test_an_unchanged_start_migrates_nothing(house: House) -> None:
    assert house.said[0].startswith("Linli 邻里")


def test_nothing_survives_its_sudden_death(house: House) -> None:
    parts = house.parts()
    house.process.kill()
    _until(lambda: _left(parts) == [])


def test_dead_parts_are_started_again(house: House) -> None:
    for word in ("granian", "work", str(_postgres_of(house))):
        killed = [house.part(word), *house.part(word).children(recursive=True)]
        killed[0].kill()
        _until(lambda killed=killed: _left(killed) == [])
        _until(house.ready)
    assert all(word in str([_words(part) for part in house.parts()]) for word in ("granian", "work"))


def test_a_taken_port_is_said_plainly(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        surroundings = {**_surroundings(data_dir), "PORT": str(taken.getsockname()[1])}
        answer = subprocess.run([*LINLI, "run"], env=surroundings, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("linli: cannot listen on 127.0.0.1 port")
    assert len(answer.stderr.splitlines()) == 1


def test_another_database_by_address(data_dir: Path) -> None:
    server = postgres.start(data_dir)
    with tempfile.TemporaryDirectory(prefix="linli-") as name:
        Path(name).chmod(0o755)
        house = House(Path(name) / "var", DATABASE_URL=server.app_url, OWNER_DATABASE_URL=server.owner_url)
        assert house.ready()
        house.end()
        assert not (Path(name) / "var" / "postgres").exists()
    assert server.alive()
    server.stop()


def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    deaf = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", deaf]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None and child.stdout.readline()
    below = psutil.Process(child.pid).children()
    processes._stop([child])
    assert child.returncode == -signal.SIGKILL
    _until(lambda: _left(below) == [])


def _postgres_of(house: House) -> Path:
    return Path(psutil.Process(house.process.pid).environ()["DATA_DIR"]) / "postgres"


def _surroundings(data_dir: Path) -> dict[str, str]:
    ours = {"DATABASE_URL", "OWNER_DATABASE_URL", "LINLI_LOGIN", "LINLI_DEMO", "DJANGO_SETTINGS_MODULE"}
    return {**{name: value for name, value in os.environ.items() if name not in ours}, "DATA_DIR": str(data_dir)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _left(parts: list[psutil.Process]) -> list[psutil.Process]:
    return [part for part in parts if _words(part)]


def _words(part: psutil.Process) -> list[str]:
    """The command line; empty when the process has ended, reaped or not."""
    try:
        return part.cmdline() if part.is_running() else []
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
