"""What is filled in: checked, and sorted by what may stand in an event."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.refusal import Refusal
from linli.matters.rules import Filled, fill, form_of
from linli.matters.schema import DateField, NumberField
from tests.matters.street import REPORT

FORM = {
    **REPORT.form,
    "age": NumberField.model_validate({"kind": "number", "min": "0", "max": "120"}),
    "metres": NumberField.model_validate({"kind": "number", "whole": "false"}),
    "since": DateField.model_validate({"kind": "date"}),
}


def test_texts_photos_and_values_are_kept_apart() -> None:
    filled = fill(FORM, {
        "what": "  三楼的灯不亮 ", "photos": ["a", "b", "a"], "topic": "lighting", "age": "71", "metres": 2.5,
        "since": "2025-11-03",
    })  # fmt: skip
    assert filled == Filled(
        {"what": "三楼的灯不亮"}, {"photos": ("a", "b")},
        {"topic": "lighting", "age": 71, "metres": 2.5, "since": "2025-11-03"},
    )  # fmt: skip
    assert isinstance(filled, Filled) and filled.given() == {
        "what": True, "photos": True, "topic": "lighting", "age": 71, "metres": 2.5, "since": "2025-11-03",
    }  # fmt: skip


def test_what_is_left_empty_is_not_there() -> None:
    empty = {"what": "x", "photos": [], "topic": "", "age": None, "since": "", "metres": ""}
    assert fill(FORM, empty) == Filled({"what": "x"}, {}, {})


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({}, "missing_field"),
        ({"what": "   "}, "missing_field"),
        ({"what": "x" * 5001}, "text_too_long"),
        ({"what": 5}, "not_text"),
        ({"what": "a\0b"}, "not_text"),
        ({"what": "a\ud800b"}, "not_text"),
        ({"what": "x", "photos": [str(n) for n in range(10)]}, "too_many_photos"),
        ({"what": "x", "photos": "a"}, "not_photos"),
        ({"what": "x", "topic": "ghosts"}, "unknown_choice"),
        ({"what": "x", "topic": ["lighting"]}, "unknown_choice"),
        ({"what": "x", "age": 121}, "number_range"),
        ({"what": "x", "age": "1.5"}, "number_range"),
        ({"what": "x", "age": True}, "number_range"),
        ({"what": "x", "age": "NaN"}, "number_range"),
        ({"what": "x", "metres": "1e999999"}, "number_range"),
        ({"what": "x", "since": "3.11.2025"}, "not_a_date"),
        ({"what": "x", "colour": "red"}, "unknown_field"),
    ],
)
def test_what_is_wrong_has_a_reason(given_: dict[str, Any], code: str) -> None:
    answer = fill(FORM, given_)
    assert isinstance(answer, Refusal) and answer.code == f"matters.{code}"


def test_the_form_of_a_move() -> None:
    accept = form_of(REPORT.moves["accept"])
    assert fill(accept, {"rating": 5}) == Filled(values={"rating": 5})
    assert fill(accept, {}) == Filled()
    refused = fill(accept, {"rating": 9})
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.data["least"], refused.data["most"]) == ("matters.rating_range", 1, 5)
    note = fill(form_of(REPORT.moves["solve"]), {"note": " "})
    assert isinstance(note, Refusal) and note.code == "matters.missing_note"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from([*FORM, "colour"]), anything))
def test_whatever_is_sent_is_filled_in_or_refused(given_: dict[str, Any]) -> None:
    answer = fill(FORM, given_)
    assert isinstance(answer, Filled | Refusal)
