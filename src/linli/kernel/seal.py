"""Seals of history: canonical text, chains, salted commitments and Merkle roots. Pure; sha256 throughout.

What is sealed can be checked by anybody who has these forty lines of definitions:

canonical text  JSON in UTF-8 with sorted keys and no blanks, of null, booleans, integers, strings, lists and objects
                (RFC 8785 without floating-point numbers; keys sorted by code point)
digest          sha256(length of the previous digest as one byte | previous digest | canonical text)
commitment      sha256(length of the salt as one byte | salt | text)
Merkle tree     RFC 6962 section 2.1 (Certificate Transparency), its proofs read as RFC 9162 section 2.1.3.2 does:
                leaf = sha256(0x00 | leaf), node = sha256(0x01 | left | right), so that a node never passes for a leaf
"""

import json
from collections.abc import Sequence
from hashlib import sha256

GENESIS = b""  # what stands before the first digest of a chain
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """The one text of a value. TypeError for what has no one text (floats, dates, keys that are no strings), ValueError
    for characters that neither UTF-8 nor jsonb can hold."""
    _check(value)
    return _encode(value)


def digest(previous: bytes, canonical: str) -> bytes:
    """The next link of a chain, 32 bytes. `previous` is the digest before, or GENESIS."""
    if len(previous) not in (0, 32):
        raise ValueError("a digest follows a digest of 32 bytes or GENESIS")
    return sha256(bytes([len(previous)]) + previous + canonical.encode()).digest()


def commit(salt: bytes, text: str) -> bytes:
    """A commitment to `text`, 32 bytes: it proves the text to whoever has text and salt and tells nothing without the
    salt. So a salt is random, at least 16 bytes, used once and erased together with the text."""
    if not 16 <= len(salt) <= 255:
        raise ValueError("a salt has 16 to 255 random bytes")
    return sha256(bytes([len(salt)]) + salt + text.encode()).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over `leaves` in their order, 32 bytes; sha256 of nothing when there are none."""
    if not leaves:
        return sha256(b"").digest()
    peaks: list[tuple[int, bytes]] = []  # complete subtrees left to right: (leaves under it, hash)
    for leaf in leaves:
        peaks.append((1, _leaf(leaf)))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            size, right = peaks.pop()
            peaks[-1] = (2 * size, _node(peaks[-1][1], right))
    root = peaks.pop()[1]
    while peaks:
        root = _node(peaks.pop()[1], root)
    return root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes, leaf upwards, with which `included` leads from the leaf at `index` (from 0) to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    proof: list[bytes] = []
    while len(leaves) > 1:
        middle = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the number of leaves
        if index < middle:
            leaves, aside = leaves[:middle], leaves[middle:]
        else:
            leaves, aside, index = leaves[middle:], leaves[:middle], index - middle
        proof.append(merkle_root(aside))
    return proof[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` stands at `index` (from 0) among the `size` leaves whose root is `root`."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, _leaf(leaf)
    for step in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            found = _node(step, found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def _check(value: object) -> None:
    match value:
        case None | bool() | int():
            pass
        case str():
            if "\0" in value:
                raise ValueError("canonical text holds no NUL character")
            value.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        case list() | tuple():
            for item in value:
                _check(item)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError("keys of canonical text are strings")
                _check(key)
                _check(item)
        case _:
            raise TypeError(f"canonical text has no {type(value).__name__}; write it as text or as an integer")


def _leaf(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
