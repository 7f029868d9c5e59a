import os
import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from linli.kernel.actor import SYSTEM
from linli.kernel.cipher import Keyring, Unreadable
from linli.kernel.event import new_id
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters import photo_store
from linli.matters.models import Photo
from linli.people.models import Party

DISTRICT, OTHER = "d230503", "d230506"
PICTURE = b"\xff\xd8\xff the picture of a lamp"
NAME = sha256(PICTURE).hexdigest()
NOON = datetime(2025, 9, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder of its own; gives where the photos go."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(settings, "KEYS_DIR", tmp_path / "keys")
    return tmp_path / "photos"


def touched(path: Path, at: datetime) -> Path:
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def none_named(names: Collection[str]) -> set[str]:
    return set()


def test_a_photo_is_read_back_and_its_file_shows_nothing(folder: Path) -> None:
    assert photo_store.put(DISTRICT, PICTURE) == NAME
    assert photo_store.read(DISTRICT, NAME) == PICTURE and photo_store.holds(DISTRICT, NAME)
    path = folder / DISTRICT / NAME[:2] / NAME[2:]
    assert files(folder) == [path] and PICTURE not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700


def test_the_same_photo_is_one_file_and_other_districts_have_their_own(folder: Path) -> None:
    photo_store.put(DISTRICT, PICTURE)
    [path] = files(folder)
    before = path.read_bytes()
    photo_store.put(DISTRICT, PICTURE)
    assert files(folder) == [path] and path.read_bytes() == before
    assert not photo_store.holds(OTHER, NAME)
    photo_store.put(OTHER, PICTURE)
    assert len(files(folder)) == 2


def test_what_is_not_there_is_missing(folder: Path) -> None:
    for name in (NAME, "", "../../keys/cipher.json", NAME[:-1], NAME.upper()):
        with pytest.raises(Missing, match=r"photo\.missing"):
            photo_store.read(DISTRICT, name)
    for district in ("", "..", "d230503/../keys"):
        with pytest.raises(ValueError, match="schema"):
            photo_store.put(district, PICTURE)


def test_a_file_that_was_changed_moved_or_renamed_does_not_open(folder: Path) -> None:
    photo_store.put(DISTRICT, PICTURE)
    [path] = files(folder)
    sealed = path.read_bytes()
    for index in (0, 3, 10, len(sealed) - 1):
        path.write_bytes(sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :])
        with pytest.raises(Unreadable):
            photo_store.read(DISTRICT, NAME)
        assert not photo_store.holds(DISTRICT, NAME)
    photo_store.put(OTHER, b"another")
    renamed = folder / DISTRICT / NAME[:2] / ("0" * 62)
    elsewhere = next(file for file in files(folder / OTHER))
    renamed.write_bytes(sealed)
    elsewhere.write_bytes(sealed)
    assert not photo_store.holds(DISTRICT, NAME[:2] + "0" * 62)
    assert not photo_store.holds(OTHER, sha256(b"another").hexdigest())


def test_a_damaged_file_is_mended_when_the_photo_comes_again(folder: Path) -> None:
    photo_store.put(DISTRICT, PICTURE)
    files(folder)[0].write_bytes(b"rot")
    photo_store.put(DISTRICT, PICTURE)
    assert photo_store.read(DISTRICT, NAME) == PICTURE


def test_photos_outlive_a_change_of_keys(folder: Path) -> None:
    photo_store.put(DISTRICT, PICTURE)
    Keyring.rotate(settings.KEYS_DIR)
    assert photo_store.read(DISTRICT, NAME) == PICTURE


def test_a_write_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_store.put(DISTRICT, b"first")
    before = files(folder)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        photo_store.put(DISTRICT, PICTURE)
    assert files(folder) == before


def test_the_sweep_takes_what_is_old_and_has_no_row(folder: Path) -> None:
    names = {text: photo_store.put(DISTRICT, text) for text in (b"old", b"old and named", b"young")}
    paths = {text: folder / DISTRICT / name[:2] / name[2:] for text, name in names.items()}
    interrupted = paths[b"old"].with_name(".00ff.new")
    interrupted.write_bytes(b"half")
    for path in (paths[b"old"], paths[b"old and named"], interrupted):
        touched(path, NOON - timedelta(minutes=1))
    touched(paths[b"young"], NOON + timedelta(minutes=1))
    keep = names[b"old and named"]
    assert photo_store.sweep(DISTRICT, lambda asked: {keep} & set(asked), NOON) == 2
    assert files(folder) == sorted([paths[b"old and named"], paths[b"young"]])
    assert photo_store.sweep(OTHER, none_named, NOON) == 0


def test_a_photo_that_is_put_again_during_the_sweep_stays(folder: Path) -> None:
    photo_store.put(DISTRICT, PICTURE)
    touched(files(folder)[0], NOON - DAY)

    def somebody_puts_it_again(names: Collection[str]) -> set[str]:
        photo_store.put(DISTRICT, PICTURE)
        return set()

    assert photo_store.sweep(DISTRICT, somebody_puts_it_again, NOON) == 0
    assert photo_store.holds(DISTRICT, NAME)


def test_many_put_the_same_photo_while_it_is_swept(folder: Path) -> None:
    failures: list[int] = []

    def put_and_look(turn: int) -> None:
        name = photo_store.put(DISTRICT, PICTURE)
        if not photo_store.holds(DISTRICT, name):
            failures.append(turn)

    threads = [threading.Thread(target=put_and_look, args=[turn]) for turn in range(16)]
    for thread in threads:
        thread.start()
        photo_store.sweep(DISTRICT, none_named, NOON)
    for thread in threads:
        thread.join()
    assert not failures and photo_store.holds(DISTRICT, NAME)


def test_the_job_keeps_what_a_row_of_the_district_names(folder: Path, empty_district: str) -> None:
    kept, lost = (photo_store.put(connection.schema_name, data) for data in (PICTURE, b"never sent"))
    for path in files(folder):
        touched(path, NOON - 2 * DAY)
    with scope(SYSTEM):
        party = Party.objects.create(
            id=new_id(Party), kind="resident", name=b"sealed", name_index=b"index", registered_at=NOON
        )
        Photo.objects.create(id=uuid4(), digest=kept, width=8, height=8, uploaded_by=party, uploaded_at=NOON - 2 * DAY)
    assert photo_store.sweep_photos(NOON - 2 * DAY) == 0
    assert photo_store.sweep_photos(NOON) == 1
    assert photo_store.holds(connection.schema_name, kept) and not photo_store.holds(connection.schema_name, lost)
