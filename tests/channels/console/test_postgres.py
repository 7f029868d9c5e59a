"""The embedded server: who may do what, and what it survives."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from linli.channels.console import postgres, premises


def test_two_logins_and_their_rights(server: postgres.Server) -> None:
    with psycopg.connect(server.app_url) as app, psycopg.connect(server.owner_url) as owner:
        rights = "rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
        for connection in (app, owner):
            row = connection.execute(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user").fetchone()
            assert row == (False,) * 5
        owning = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'linli'"
        assert owner.execute(owning).fetchone() == ("linli_owner",)
        owner.execute("CREATE TABLE public.tree (id int)")
        owner.commit()
        for forbidden in (
            "CREATE TABLE public.other (id int)",
            "CREATE SCHEMA other",
            "SELECT * FROM public.tree",
            "SET ROLE linli_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)
            app.rollback()


def test_settings_of_the_cluster(server: postgres.Server) -> None:
    expected = {
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "listen_addresses": "",
        "jit": "off",
        "synchronous_commit": "on",
        "shared_buffers": "256MB",
        "password_encryption": "scram-sha-256",
        "TimeZone": "UTC",
    }
    with psycopg.connect(server.app_url) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in expected}
        locale = connection.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'linli'")
        assert locale.fetchone() == ("b", "C.UTF-8")
        assert connection.execute("SELECT lower('ÀÉ'), '邻里' ~ '\\w'").fetchone() == ("àé", True)
    assert shown == {name: (value,) for name, value in expected.items()}


def test_only_with_the_password(server: postgres.Server) -> None:
    for login in ("linli", "linli_owner", "postgres"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=str(server.socket), user=login, password="guess", dbname="linli")


def test_files_are_closed_to_others(server: postgres.Server) -> None:
    for path in (server.data_dir, server.data_dir / "keys", server.data_dir / "postgres", server.socket):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    for path in (server.data_dir / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_never_runs_as_root(server: postgres.Server) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_personal_data_stay_out_of_the_log(server: postgres.Server) -> None:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (phone text UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('13800000001')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('13800000001')")
    folder = server.data_dir / "postgres" / "log"
    _until(lambda: any("person_phone_key" in path.read_text() for path in folder.iterdir()))
    assert not any("13800000001" in path.read_text() for path in folder.iterdir())


def test_the_last_user_switches_it_off(data_dir: Path) -> None:
    first = postgres.start(data_dir)
    second = postgres.start(data_dir)
    pid = first.pid
    assert pid == second.pid
    first.stop()
    first.stop()
    assert second.alive() and second.pid == pid
    second.stop()
    assert not second.alive() and not _exists(pid)


def test_survives_kill_of_the_server(server: postgres.Server) -> None:
    _write(server, "before")
    killed = server.pid
    os.kill(killed, signal.SIGKILL)
    _until(lambda: server.pid not in (0, killed))
    again = postgres.start(server.data_dir)
    assert _read(again) == ["before"]
    again.stop()


def test_survives_kill_of_the_keeper(server: postgres.Server) -> None:
    _write(server, "before")
    orphan = server.pid
    os.kill(_parent(orphan), signal.SIGKILL)
    _until(lambda: not server.alive())
    again = postgres.start(server.data_dir)
    assert again.pid != orphan and not _exists(orphan)
    assert _read(again) == ["before"]
    again.stop()


def test_ends_when_its_user_is_killed(data_dir: Path) -> None:
    script = "import sys, time; from pathlib import Path; from linli.channels.console import postgres\n"
    script += "print(postgres.start(Path(sys.argv[1])).pid, flush=True); time.sleep(60)"
    user = subprocess.Popen([sys.executable, "-c", script, str(data_dir)], stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    pid = int(user.stdout.readline())
    assert _exists(pid)
    user.kill()
    user.communicate()
    _until(lambda: not _exists(pid))


def test_stops_on_sigterm(server: postgres.Server) -> None:
    pid = server.pid
    os.kill(_parent(pid), signal.SIGTERM)
    _until(lambda: not server.alive())
    assert not _exists(pid)


def test_survives_a_stale_pid_file_that_names_another_process(data_dir: Path) -> None:
    server = postgres.start(data_dir)
    _write(server, "before")
    note, lock = data_dir / "postgres" / "postmaster.pid", server.socket / ".s.PGSQL.5432.lock"
    texts = {path: path.read_text().replace(str(server.pid), str(os.getppid()), 1) for path in (note, lock)}
    server.stop()
    for path, text in texts.items():
        path.write_text(text)
    again = postgres.start(data_dir)
    assert _read(again) == ["before"]
    again.stop()


def test_a_long_path_moves_the_socket(data_dir: Path) -> None:
    server = postgres.start(data_dir / ("long" * 25))
    assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) <= postgres.SOCKET_PATH_LIMIT
    assert not server.socket.is_relative_to(server.data_dir)
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    psycopg.connect(server.app_url).close()
    server.stop()
    server.socket.rmdir()


def test_a_foreign_closed_folder_stays_closed(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    used = premises.data_dir_for(closed / "var")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        assert used.parent == premises.SYSTEM_FOLDER
        assert used != premises.data_dir_for(closed / "other")
    else:
        assert used == closed / "var"


def test_no_port_is_opened(server: postgres.Server) -> None:
    sockets = [os.readlink(link) for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()]
    inodes = {name[8:-1] for name in sockets if name.startswith("socket:[")}
    listening = [line.split() for table in ("tcp", "tcp6") for line in _lines(f"/proc/net/{table}")]
    assert not [row for row in listening if row[9] in inodes]
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(server.socket / ".s.PGSQL.5432"))


def _write(server: postgres.Server, text: str) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("DROP TABLE IF EXISTS note")
        connection.execute("CREATE TABLE note (said text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def _read(server: postgres.Server) -> list[str]:
    with psycopg.connect(server.owner_url) as connection:
        return [row[0] for row in connection.execute("SELECT said FROM note").fetchall()]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()[1:] if Path(path).exists() else []


def _until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
