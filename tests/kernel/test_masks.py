import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.masks import mask_identity, mask_name, mask_phone, normal_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "138****1234"),
        ("0469-4261234", "046****1234"),
        ("42612345", "****2345"),
        ("12345", "*****"),
        ("+852 6123 4567", "008******4567"),
    ],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("张 三", "张*"),
        ("张", "*"),
        ("", ""),
        ("欧阳娜", "欧阳*"),
        ("司马相如", "司马**"),
        ("欧阳", "欧*"),
        ("阿依努尔·买买提", "阿***"),
        ("John Smith", "J***"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("23050319900101123x", "230***********123X"), ("230503900101123", "230********1123"), ("E12345678", "*********")],
)
def test_id_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_identity(number) == masked


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_is_normal_once(phone: str) -> None:
    assert normal_phone(phone) == normal_phone(f"+86{phone}") == phone


def test_phones_of_other_countries_keep_their_code() -> None:
    assert normal_phone("+852 6123 4567") == normal_phone("00852 61234567") == "0085261234567"
