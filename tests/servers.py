"""The real web server and worker, as `linli run` starts them: for benchmarks and for what they must withstand."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

WEB_WORKERS = 2


@contextmanager
def web(**environment: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Granian with two workers on a free port; a worker that dies is started again."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(WEB_WORKERS), "--blocking-threads", "4", "--log-level", "warning"]
    command += ["--respawn-failed-workers", "--respawn-interval", "0.5", "linli.wsgi:application"]
    with _running(command, environment) as process:
        _await_health(port)
        yield port, process


@contextmanager
def worker(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with _running([sys.executable, "-m", "linli.channels.console", "work"], environment) as process:
        yield process


def rss_mb(process: subprocess.Popen[bytes]) -> float:
    """Memory of the largest web worker under this server: resident, in MB."""
    workers = psutil.Process(process.pid).children(recursive=True)
    return max(worker.memory_info().rss for worker in workers) / 1024 / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_health(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
