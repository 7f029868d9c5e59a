"""Keeps one PostgreSQL server running for as long as anybody uses it.

Run as a script of its own, with the standard library only:

    keeper.py DATA_DIR UID GID POSTGRES_COMMAND...

Everybody who uses the server holds a shared lock on DATA_DIR/postgres.users. The keeper waits for the exclusive lock on
the same file: the operating system grants it when the last user has gone, however that user ended. A server that
dies while it is used is started again. SIGTERM to the keeper stops the server too.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))  # fast, immediate, none; seconds
FAILURES_ALLOWED = 10
PAUSE = 0.2  # seconds between two attempts; the orphans of a killed server need a moment to go
NEWS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)


def main(arguments: list[str]) -> int:
    """Runs the server until nobody uses it; 0 when it was stopped, 1 when it could not be kept running."""
    data_dir, uid, gid, *command = arguments
    held = os.open(Path(data_dir, "postgres.keeper"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)  # tells others that a keeper is at work
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal that is ignored cannot be waited for
    signal.pthread_sigmask(signal.SIG_BLOCK, NEWS)
    threading.Thread(target=_await_last_user, args=(data_dir,), daemon=True).start()
    failures = 0
    while failures < FAILURES_ALLOWED:
        began = time.monotonic()
        server = _spawn(command, data_dir, int(uid), int(gid))
        while server.poll() is None:
            if signal.sigwait(NEWS) != signal.SIGCHLD:
                _stop(server)
                return 0
        failures = failures + 1 if time.monotonic() - began < 2 else 0
        time.sleep(PAUSE)
    return 1


def die_with_parent(last_words: signal.Signals) -> None:
    """Asks the kernel to send this process `last_words` when its parent dies; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(last_words))


def _await_last_user(data_dir: str) -> None:
    users = os.open(Path(data_dir, "postgres.users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    os.kill(os.getpid(), signal.SIGTERM)


def _spawn(command: list[str], data_dir: str, uid: int, gid: int) -> subprocess.Popen[bytes]:
    folder = Path(data_dir, "postgres")
    if os.geteuid() != 0:
        return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, preexec_fn=_begin)
    return subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, preexec_fn=_begin, user=uid, group=gid, extra_groups=[]
    )


def _begin() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, NEWS)
    die_with_parent(signal.SIGINT)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for word, patience in PATIENCE:
        server.send_signal(word)
        try:
            server.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
