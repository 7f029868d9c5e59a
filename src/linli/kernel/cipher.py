"""Encryption of what only some may read: phone, name, ID number and address in tables, and photos in files.

A sealed value is bytes: version (1) | suite (1) | key id (4) | nonce (12) | ciphertext with its tag (16). What stands
before the nonce, and where the value belongs (district, table, column, row), is associated data: a value that was
changed, or moved to another place, does not open.

The keys stand in one file, cipher.json, in the folder of keys. New values are sealed with its newest key, old ones open
with the key they name. Nonces are random: rotate before 2**32 values are sealed with one key (NIST SP 800-38D, 8.3).
Blind indexes find a value without opening it; their key is another one and is not rotated.
"""

import base64
import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from linli.kernel.files import fresh_file, make_folder, settle
from linli.kernel.masks import normal_identity, normal_phone, normal_text

FILE = "cipher.json"
_VERSION = 1
_HEADER = 6
_NONCE = 12
_TAG = 16
_NORMAL = {"phone": normal_phone, "identity": normal_identity}


class Unreadable(Exception):
    """A sealed value that does not open. The message names the place, never the content."""


class _Box(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _Sm4Gcm:
    """SM4-GCM (GM/T 0002, RFC 8998) with the interface of AESGCM: the tag stands behind the ciphertext."""

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._key, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        decryptor = Cipher(self._key, GCM(nonce, data[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-_TAG]) + decryptor.finalize()


@dataclass(frozen=True, slots=True)
class _Suite:
    number: int
    key_bytes: int
    box: type[AESGCM] | type[_Sm4Gcm]


SUITES = MappingProxyType({"aes-256-gcm": _Suite(1, 32, AESGCM), "sm4-gcm": _Suite(2, 16, _Sm4Gcm)})


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    id: bytes
    suite: str
    box: _Box


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The keys of an installation, the newest last, and the key of its blind indexes."""

    keys: Mapping[bytes, Key]
    newest: Key
    blind: bytes

    @classmethod
    def load(cls, folder: Path) -> "Keyring":
        """The keyring in `folder`, made with one key when there is none. The file is read again when it has changed,
        so ask for it each time instead of keeping it. ValueError when it is damaged or others can read it."""
        path = folder / FILE
        try:
            state = path.stat()
        except FileNotFoundError:
            _create(path)
            state = path.stat()
        mark = (state.st_ino, state.st_mtime_ns, state.st_size)
        kept = _kept.get(path)
        if kept is None or kept[0] != mark:
            if state.st_mode & 0o037:
                raise ValueError(f"{path} is open to others; close it with chmod 600")
            kept = _kept[path] = (mark, _read(path))
        return kept[1]

    @classmethod
    def rotate(cls, folder: Path, suite: str = "aes-256-gcm") -> "Keyring":
        """Add a new key, with which everything is sealed from now on. Values sealed before stay as they are."""
        cls.load(folder)
        path = folder / FILE
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two rotations at once: one after the other
            content = json.loads(path.read_text())
            content["keys"].append(_new_key(suite))
            fresh = _write(folder, content)
            os.chown(fresh, path.stat().st_uid, path.stat().st_gid)
            fresh.replace(path)
            settle(folder)
        finally:
            os.close(lock)
        return cls.load(folder)


_kept: dict[Path, tuple[tuple[int, int, int], Keyring]] = {}


def seal(keyring: Keyring, text: str, *, district: str, table: str, column: str, row: object) -> bytes:
    """Encrypt the text of one field. `row` is the id of its row, known before it is inserted."""
    return seal_bytes(keyring, text.encode(), ("field", district, table, column, str(row)))


def unseal(keyring: Keyring, sealed: bytes | memoryview, *, district: str, table: str, column: str, row: object) -> str:
    """The text of a sealed field; Unreadable when it was changed or stands where it was not sealed."""
    return unseal_bytes(keyring, sealed, ("field", district, table, column, str(row))).decode()


def seal_bytes(keyring: Keyring, data: bytes, belongs: Sequence[str]) -> bytes:
    """Encrypt `data` so that it opens only for the same `belongs`: what kind of thing it is, whose, and where."""
    key = keyring.newest
    header = bytes([_VERSION, SUITES[key.suite].number]) + key.id
    nonce = secrets.token_bytes(_NONCE)
    return header + nonce + key.box.encrypt(nonce, data, _associated(header, belongs))


def unseal_bytes(keyring: Keyring, sealed: bytes | memoryview, belongs: Sequence[str]) -> bytes:
    """What `seal_bytes` encrypted for the same `belongs`; Unreadable otherwise."""
    sealed = bytes(sealed)
    header, nonce, box = sealed[:_HEADER], sealed[_HEADER : _HEADER + _NONCE], sealed[_HEADER + _NONCE :]
    place = " ".join(belongs[:-1])  # without the row
    if len(box) < _TAG or header[0] != _VERSION:
        raise Unreadable(f"{place}: this is no sealed value of version {_VERSION}")
    key = keyring.keys.get(header[2:])
    if key is None:
        raise Unreadable(f"{place}: sealed with key {header[2:].hex()}, which is not in {FILE}; restore that file")
    try:
        return key.box.decrypt(nonce, box, _associated(header, belongs))
    except InvalidTag:
        pass
    raise Unreadable(f"{place}: changed since it was sealed with key {key.id.hex()}, or sealed for another place")


def blind(keyring: Keyring, text: str, *, district: str, column: str) -> bytes:
    """The blind index of a value, 16 bytes: equal for equal values of one district and column, told by nobody else.

    The columns `phone` and `identity` are compared as such (`normal_phone`, `normal_identity`), others without regard
    to blanks, width and case. ValueError for a phone or an ID number that holds none.
    """
    normal = _NORMAL.get(column, normal_text)(text)
    message = _associated(b"blind", (district, column, normal))
    return hmac.digest(keyring.blind, message, sha256)[:16]


def _associated(header: bytes, parts: Sequence[str]) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    encoded = [part.encode() for part in parts]
    return header + b"".join(len(part).to_bytes(4) + part for part in encoded)


def _create(path: Path) -> None:
    """Write a keyring with one key. Of several processes that start at once the first one's is kept."""
    make_folder(path.parent)
    blind_key = base64.b64encode(secrets.token_bytes(32)).decode()
    fresh = _write(path.parent, {"blind": blind_key, "keys": [_new_key("aes-256-gcm")]})
    try:
        os.link(fresh, path)
        settle(path.parent)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _new_key(suite: str) -> dict[str, str]:
    """A key and its random id: a keyring that was lost and made anew never takes its keys for the old ones."""
    key = secrets.token_bytes(SUITES[suite].key_bytes)
    return {"id": secrets.token_hex(4), "suite": suite, "key": base64.b64encode(key).decode()}


def _write(folder: Path, content: object) -> Path:
    return fresh_file(folder, json.dumps(content, indent=1).encode())


def _read(path: Path) -> Keyring:
    try:
        content = json.loads(path.read_text())
        keys = [_key(**entry) for entry in content["keys"]]
        blind_key = base64.b64decode(content["blind"], validate=True)
        if len(blind_key) != 32:
            raise ValueError
        return Keyring({key.id: key for key in keys}, keys[-1], blind_key)
    except (ValueError, KeyError, TypeError, IndexError):
        pass
    raise ValueError(f"{path} is damaged; restore it from the backup, for without it nothing sealed opens")


def _key(id: str, suite: str, key: str) -> Key:
    secret = base64.b64decode(key, validate=True)
    if len(secret) != SUITES[suite].key_bytes or len(bytes.fromhex(id)) != 4:
        raise ValueError
    return Key(bytes.fromhex(id), suite, SUITES[suite].box(secret))
