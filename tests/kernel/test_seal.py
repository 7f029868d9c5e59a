import json
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel import seal

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
leaf_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=40)

# The reference leaves and roots of Certificate Transparency's own test suite (RFC 6962).
REFERENCE = [
    bytes.fromhex(leaf)
    for leaf in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def test_canonical_text_is_sorted_without_blanks_and_in_the_peoples_own_script() -> None:
    assert seal.canonical({"b": [1, True, None], "a": "路灯坏了"}) == '{"a":"路灯坏了","b":[1,true,null]}'


@given(values)
def test_canonical_text_survives_reading_and_writing(value: Any) -> None:
    text = seal.canonical(value)
    assert seal.canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, date(2025, 10, 1), {1: "a"}, b"bytes", {"a"}])
def test_canonical_text_refuses_what_has_no_one_text(value: object) -> None:
    with pytest.raises(TypeError):
        seal.canonical(value)


@pytest.mark.parametrize("value", ["\0", {"\0": 1}, "\ud800"])
def test_canonical_text_refuses_what_neither_utf8_nor_jsonb_can_hold(value: object) -> None:
    with pytest.raises(ValueError):
        seal.canonical(value)


def test_digest_is_as_defined() -> None:
    first = seal.digest(seal.GENESIS, "{}")
    assert first == sha256(b"\x00{}").digest()
    assert seal.digest(first, "{}") == sha256(b"\x20" + first + b"{}").digest()


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_a_chain_ends_differently_when_any_of_its_texts_differs(texts: list[str], data: st.DataObject) -> None:
    changed = list(texts)
    changed[data.draw(st.integers(0, len(texts) - 1))] += "!"
    assert _head(texts) != _head(changed)
    assert _head(texts) != _head([*texts, ""])


def test_digest_follows_only_a_digest() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal.digest(b"short", "{}")


def test_a_commitment_binds_text_and_salt() -> None:
    salt = bytes(range(16))
    made = seal.commit(salt, "漏水")
    assert made == sha256(b"\x10" + salt + "漏水".encode()).digest()
    assert made != seal.commit(salt, "漏水。") and made != seal.commit(salt[::-1], "漏水")
    assert seal.commit(salt + b"a", "b") != seal.commit(salt, "ab")


def test_a_commitment_refuses_a_salt_that_can_be_guessed() -> None:
    with pytest.raises(ValueError, match="16"):
        seal.commit(b"salt", "text")


@pytest.mark.parametrize("size", ROOTS)
def test_merkle_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert seal.merkle_root(REFERENCE[:size]).hex() == ROOTS[size]


def test_an_inclusion_proof_is_that_of_certificate_transparency() -> None:
    proof = [step.hex() for step in seal.inclusion_proof(REFERENCE[:8], 5)]
    assert proof == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(leaf_lists)
@settings(max_examples=50)
def test_every_leaf_is_proved_at_its_own_place(leaves: list[bytes]) -> None:
    root = seal.merkle_root(leaves)
    for index, leaf in enumerate(leaves):
        assert seal.included(leaf, index, len(leaves), seal.inclusion_proof(leaves, index), root)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True), st.data())
@settings(max_examples=100)
def test_nothing_else_is_proved(leaves: list[bytes], data: st.DataObject) -> None:
    root, size = seal.merkle_root(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    leaf, proof = leaves[index], seal.inclusion_proof(leaves, index)
    assert not seal.included(leaf + b"!", index, size, proof, root)
    assert not seal.included(leaf, size, size, proof, root)
    assert not seal.included(leaf, index, size, [*proof, root], root)
    assert not seal.included(leaf, index, size, proof, bytes(32))
    elsewhere = data.draw(st.integers(0, size - 1))
    assert seal.included(leaf, elsewhere, size, proof, root) == (elsewhere == index)
    for step in range(len(proof)):
        assert not seal.included(leaf, index, size, proof[:step] + proof[step + 1 :], root)


def test_there_is_no_proof_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        seal.inclusion_proof([b"a"], 1)


def _head(texts: list[str]) -> bytes:
    head = seal.GENESIS
    for text in texts:
        head = seal.digest(head, text)
    return head
