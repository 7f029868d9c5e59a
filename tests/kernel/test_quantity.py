import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.quantity import UNITS, WORKING_UNITS, Duration

durations = st.builds(Duration, st.integers(1, 100), st.sampled_from(UNITS)) | st.builds(
    Duration, st.integers(1, 100), st.sampled_from(WORKING_UNITS), st.just(True)
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("4 working hours", Duration(4, "hours", working=True)),
        ("15 working days", Duration(15, "days", working=True)),
        ("1 working day", Duration(1, "days", working=True)),
        ("30 working minutes", Duration(30, "minutes", working=True)),
        ("30 days", Duration(30, "days")),
        (" 3 minutes ", Duration(3, "minutes")),
        ("1 month", Duration(1, "months")),
        ("2 years", Duration(2, "years")),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, duration: Duration) -> None:
    assert Duration.parse(text) == duration


@given(durations)
def test_a_duration_is_read_back_as_it_was_written(duration: Duration) -> None:
    assert Duration.parse(str(duration)) == duration
    assert duration.words("en") == str(duration)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "4", "4h", "-1 days", "1.5 hours", "\uff14 days", "4  days", "4 Days", "2 weeks", "1 day 2 hours"],
)
def test_what_is_no_duration_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        Duration.parse(text)


@pytest.mark.parametrize(("text", "cure"), [
    ("0 days", "1 to 36525 days"),
    ("99999999 minutes", "1 to 52596000 minutes"),
    ("3 working months", "write working days instead"),
])  # fmt: skip
def test_what_no_calendar_can_count_is_refused_with_the_cure(text: str, cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("4 working hours", "4 个工作小时", "4 working hours"),
        ("15 working days", "15 个工作日", "15 working days"),
        ("1 working days", "1 个工作日", "1 working day"),
        ("30 working minutes", "30 分钟（工作时间）", "30 working minutes"),
        ("3 minutes", "3 分钟", "3 minutes"),
        ("24 hours", "24 小时", "24 hours"),
        ("15 days", "15 天", "15 days"),
        ("1 months", "1 个月", "1 month"),
        ("2 years", "2 年", "2 years"),
    ],
)
def test_a_duration_has_words(text: str, zh: str, en: str) -> None:
    assert Duration.parse(text).words("zh") == zh
    assert Duration.parse(text).words("en") == en
