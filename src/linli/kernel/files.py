"""Files that survive a power cut: written whole beside their place, on disk before they are given their name."""

import os
import secrets
from pathlib import Path


def fresh_file(folder: Path, data: bytes) -> Path:
    """A new file in `folder`, readable by its owner alone and on disk, under a hidden name; to be linked or renamed to
    its own, and then `settle` the folder."""
    path = folder / f".{secrets.token_hex(8)}.new"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def make_folder(folder: Path) -> None:
    """`folder` and the parents that are missing, open to their owner alone."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        settle(folder.parent)


def settle(folder: Path) -> None:
    """Have the names in `folder` on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
