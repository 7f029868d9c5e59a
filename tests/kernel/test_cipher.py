import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.cipher import FILE, SUITES, Keyring, Unreadable, blind, seal, seal_bytes, unseal, unseal_bytes

PLACE: dict[str, Any] = {"district": "d230503", "table": "people_party", "column": "phone", "row": 7}
PHONE = "13800001234"


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.load(tmp_path_factory.mktemp("keys"))


# --- sealing ---------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200))
def test_what_was_sealed_opens_where_it_was_sealed(keyring: Keyring, text: str) -> None:
    sealed = seal(keyring, text, **PLACE)
    assert unseal(keyring, sealed, **PLACE) == text
    assert unseal(keyring, memoryview(sealed), **PLACE) == text


def test_a_sealed_value_shows_neither_the_text_nor_that_two_are_equal(keyring: Keyring) -> None:
    one, two = seal(keyring, PHONE, **PLACE), seal(keyring, PHONE, **PLACE)
    assert one != two and PHONE.encode() not in one


@pytest.mark.parametrize(
    "other",
    [{"row": 8}, {"column": "name"}, {"table": "people_account"}, {"district": "d230506"}, {"row": "7 "},
     {"table": "people_part", "column": "yphone"}],
)  # fmt: skip
def test_a_sealed_value_does_not_open_elsewhere(keyring: Keyring, other: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as error:
        unseal(keyring, seal(keyring, PHONE, **PLACE), **{**PLACE, **other})
    _tells_nothing(error)


def test_a_sealed_value_does_not_open_with_any_byte_changed_or_missing(keyring: Keyring) -> None:
    sealed = seal(keyring, PHONE, **PLACE)
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        for forged in (bytes(changed), sealed[:index], sealed[index + 1 :]):
            with pytest.raises(Unreadable) as error:
                unseal(keyring, forged, **PLACE)
            _tells_nothing(error)


def test_bytes_open_only_as_what_they_were_sealed(keyring: Keyring) -> None:
    sealed = seal_bytes(keyring, b"\xff\xd8picture", ("photo", "d230503", "abc"))
    assert unseal_bytes(keyring, sealed, ("photo", "d230503", "abc")) == b"\xff\xd8picture"
    for other in (("photo", "d230503", "abd"), ("field", "d230503", "abc"), ("photo", "d230503abc"), ()):
        with pytest.raises(Unreadable):
            unseal_bytes(keyring, sealed, other)


def _tells_nothing(error: pytest.ExceptionInfo[Unreadable]) -> None:
    message = str(error.value)
    assert "people" in message and PHONE not in message and error.value.__cause__ is None
    assert error.value.__context__ is None


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    box = SUITES["sm4-gcm"].box(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce, data = bytes.fromhex("00001234567800000000abcd"), bytes.fromhex("".join(c * 16 for c in "abcdefea"))
    associated = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert box.encrypt(nonce, data, associated) == sealed
    assert box.decrypt(nonce, sealed, associated) == data


# --- keys ------------------------------------------------------------------------------------------------------------


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keys"
    sealed = seal(Keyring.load(folder), PHONE, **PLACE)
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    assert os.listdir(folder) == [FILE]
    assert unseal(Keyring.load(folder), sealed, **PLACE) == PHONE


def test_processes_that_start_at_once_agree_on_one_keyring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        rings = list(threads.map(Keyring.load, [tmp_path] * 16))
    assert len({ring.newest.id for ring in rings}) == 1
    assert os.listdir(tmp_path) == [FILE]


@pytest.mark.parametrize("suite", SUITES)
def test_after_a_rotation_old_values_open_and_new_ones_take_the_new_key(tmp_path: Path, suite: str) -> None:
    before = Keyring.load(tmp_path)
    old = seal(before, PHONE, **PLACE)
    index = blind(before, PHONE, district="d230503", column="phone")
    after = Keyring.rotate(tmp_path, suite)
    new = seal(after, PHONE, **PLACE)
    assert unseal(after, old, **PLACE) == unseal(Keyring.load(tmp_path), new, **PLACE) == PHONE
    assert old[1:6] != new[1:6] and new[1] == SUITES[suite].number
    assert blind(after, PHONE, district="d230503", column="phone") == index
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600 and os.listdir(tmp_path) == [FILE]
    with pytest.raises(Unreadable, match=after.newest.id.hex()):
        unseal(before, new, **PLACE)
    for position in range(len(new)):
        with pytest.raises(Unreadable):
            unseal(after, new[:position] + bytes([new[position] ^ 128]) + new[position + 1 :], **PLACE)


def test_a_keyring_made_anew_says_that_the_old_one_is_lost(tmp_path: Path) -> None:
    sealed = seal(Keyring.load(tmp_path), PHONE, **PLACE)
    (tmp_path / FILE).unlink()
    with pytest.raises(Unreadable, match="restore"):
        unseal(Keyring.load(tmp_path), sealed, **PLACE)


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    Keyring.load(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    os.utime(tmp_path / FILE, (1, 1))
    with pytest.raises(ValueError, match="chmod 600"):
        Keyring.load(tmp_path)


@pytest.mark.parametrize("part", ["keys", "blind", "id", "key", "suite"])
def test_a_damaged_keyring_is_refused_without_telling_a_key(tmp_path: Path, part: str) -> None:
    Keyring.load(tmp_path)
    content = json.loads((tmp_path / FILE).read_text())
    (content if part in content else content["keys"][0])[part] = "" if part != "keys" else []
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(ValueError, match="restore it from the backup") as error:
        Keyring.load(tmp_path)
    assert error.value.__context__ is None


# --- blind indexes ---------------------------------------------------------------------------------------------------


def test_a_blind_index_finds_the_same_phone_however_it_is_written(keyring: Keyring) -> None:
    written = [PHONE, " 138 0000 1234 ", "138-0000-1234", "+86 13800001234", "008613800001234", "8613800001234",
               "（+86）138-0000-1234", "１３８００００１２３４"]  # fmt: skip
    found = {blind(keyring, text, district="d230503", column="phone") for text in written}
    assert len(found) == 1 and len(found.pop()) == 16


def test_a_blind_index_tells_nothing_across_districts_columns_and_keyrings(keyring: Keyring, tmp_path: Path) -> None:
    indexes = [
        blind(keyring, PHONE, district="d230503", column="phone"),
        blind(keyring, PHONE, district="d230506", column="phone"),
        blind(keyring, PHONE, district="d230503", column="name"),
        blind(keyring, "13800001235", district="d230503", column="phone"),
        blind(Keyring.load(tmp_path), PHONE, district="d230503", column="phone"),
    ]
    assert len(set(indexes)) == len(indexes)


def test_names_and_id_numbers_are_found_however_they_are_written(keyring: Keyring) -> None:
    def name(text: str) -> bytes:
        return blind(keyring, text, district="d230503", column="name")

    def identity(text: str) -> bytes:
        return blind(keyring, text, district="d230503", column="identity")

    assert name("张 三") == name("张　三") == name("张三") != name("张三丰")
    assert name("阿依•买买提") == name("阿依·买买提")
    assert identity("23050319900101123x") == identity("230503 19900101 123X")


def test_a_phone_without_a_digit_has_no_index(keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="digits"):
        blind(keyring, "unknown", district="d230503", column="phone")
