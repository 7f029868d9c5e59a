"""What search looks for, and what it finds: pure."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.matters.rules.search import ASKED_MOST, MOST, asked, tokens_of

CHINESE = "楼道灯坏了水管漏𠮷㐀"
texts = st.text(CHINESE + string.ascii_letters + string.digits + " ，。\n" + "йжγα가", max_size=80)


def finds(question: str, text: str) -> bool:
    """Whether a text answers a question, as the table of tokens does it."""
    found, tokens = tokens_of(text), asked(question)
    return bool(tokens) and all(
        token in found if until is None else any(token <= one < until for one in found) for token, until in tokens
    )


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("漏水", "三单元水管漏水了", True),
        ("水漏", "三单元水管漏水了", False),
        ("302", "３０２室门口", True),
        ("30", "302室门口", False),  # numbers are found whole
        ("wifi", "WiFi 坏了", True),
        ("灯", "楼道的灯", True),
        ("灯", "灯泡", True),
        ("灯", "电梯", False),
        ("𠮷", "找𠮷先生", True),
        ("лифт", "Лифт не работает", True),
        ("엘리베이터", "엘리베이터 고장", True),
        ("漏水 三单元", "三单元水管漏水了", True),
        ("漏水，四单元", "三单元水管漏水了", False),
        ("", "三单元", False),
        ("……！", "三单元……！", False),
    ],
)
def test_examples(question: str, text: str, found: bool) -> None:
    assert finds(question, text) is found


@settings(max_examples=150)
@given(texts, st.data())
def test_whatever_stands_in_a_text_in_one_run_is_found(text: str, data: st.DataObject) -> None:
    runs = [run for run in "".join(sign if sign in CHINESE else " " for sign in text).split() if run]
    if runs:
        run = data.draw(st.sampled_from(runs))
        start = data.draw(st.integers(0, len(run) - 1))
        part = run[start : data.draw(st.integers(start + 1, len(run)))]
        assert finds(part, text)


@settings(max_examples=100)
@given(texts)
def test_a_text_answers_itself_if_there_is_anything_to_look_for(text: str) -> None:
    assert finds(text, text) == bool(asked(text))
    assert len(asked(text)) <= ASKED_MOST


def test_a_very_long_text_has_no_more_tokens_than_it_may() -> None:
    assert len(tokens_of("".join(chr(0x4E00 + number) for number in range(5000)))) == MOST
    assert max(map(len, tokens_of("a" * 5000))) == 40 and finds("a" * 5000, "a" * 5000)
