"""The store of photos: encrypted files under DATA_DIR/photos, one folder for each district, named by what they hold.

A photo is put here before the row that names it is committed, and a file without a row is swept after a day: so a row
never names a file that is missing. The same photo put twice is one file. A file opens only in its own district and
under its own name.
"""

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from django.conf import settings

from linli.kernel.actor import SYSTEM
from linli.kernel.cipher import Keyring, Unreadable, seal_bytes, unseal_bytes
from linli.kernel.district import schema
from linli.kernel.files import fresh_file, make_folder, settle
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters.models import Photo

UNUSED_FOR = timedelta(days=1)
_DIGEST = re.compile("[0-9a-f]{64}")
_DISTRICT = re.compile("[a-z0-9_]{1,63}")
_BATCH = 500


def put(district: str, data: bytes) -> str:
    """Keep a photo; it is on disk when this returns. Gives its name, the sha256 of `data` in hexadecimal digits."""
    digest = sha256(data).hexdigest()
    path = _path(district, digest)
    make_folder(path.parent)
    with _locked(district, fcntl.LOCK_SH):
        if holds(district, digest):
            os.utime(path)  # young again, so that no sweep takes it before its row is committed
        else:
            fresh_file(path.parent, seal_bytes(_keyring(), data, _belongs(district, digest))).replace(path)
            settle(path.parent)
    return digest


def read(district: str, digest: str) -> bytes:
    """The photo of this name. Missing("photo.missing") when there is none, Unreadable when its file was changed."""
    try:
        sealed = _path(district, digest).read_bytes()
    except FileNotFoundError:
        raise Missing("photo.missing") from None
    return unseal_bytes(_keyring(), sealed, _belongs(district, digest))


def holds(district: str, digest: str) -> bool:
    """Whether the photo of this name is there, opens, and is the one that it was."""
    try:
        return sha256(read(district, digest)).hexdigest() == digest
    except (Missing, Unreadable):
        return False


def sweep_photos(at: datetime) -> int:
    """Remove the files of the current district that no row names and that nobody touched for a day."""
    return sweep(schema(), _named, at - UNUSED_FOR)


def sweep(district: str, named: Callable[[Collection[str]], Collection[str]], before: datetime) -> int:
    """Remove files last touched before an instant, except those that `named` picks out of a handful of names; and what
    an interrupted write left. Gives how many were removed."""
    removed = 0
    found = _files(district, before)
    while files := list(islice(found, _BATCH)):
        kept = named([_digest(path) for path in files])
        for path in files:
            if _digest(path) not in kept:
                with _locked(district, fcntl.LOCK_EX):
                    if _older(path, before):  # still: somebody may have put it again meanwhile
                        path.unlink(missing_ok=True)
                        removed += 1
    return removed


def _named(digests: Collection[str]) -> set[str]:
    with scope(SYSTEM):
        return set(Photo.objects.filter(digest__in=digests).values_list("digest", flat=True))


def _files(district: str, before: datetime) -> Iterator[Path]:
    for folder in sorted(_folder(district).glob("*/")):
        for entry in sorted(folder.iterdir()):
            if _older(entry, before):
                yield entry


def _older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


@contextmanager
def _locked(district: str, how: int) -> Iterator[None]:
    """Putting and sweeping exclude each other, in all processes; many may put at once."""
    descriptor = os.open(_folder(district), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _folder(district: str) -> Path:
    if not _DISTRICT.fullmatch(district):
        raise ValueError("a district is named by its schema")
    return Path(settings.DATA_DIR, "photos", district)


def _path(district: str, digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise Missing("photo.missing")
    return _folder(district) / digest[:2] / digest[2:]


def _digest(path: Path) -> str:
    return path.parent.name + path.name


def _belongs(district: str, digest: str) -> tuple[str, ...]:
    return ("photo", district, digest)


def _keyring() -> Keyring:
    return Keyring.load(settings.KEYS_DIR)
