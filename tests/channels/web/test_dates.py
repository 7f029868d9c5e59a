"""Instants as people say them, at the borders where the words change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.channels.web.dates import day_words, due_words, full_words, latest_words, length_words, when_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 14, 14, 20, tzinfo=SHANGHAI)  # a Wednesday
INSTANTS = st.integers(978_307_200, 4_070_908_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due_at", "chinese", "english"),
    [
        ("2026-10-14 17:00", "今天 17:00 前", "by 17:00 today"),
        ("2026-10-14 23:59", "今天 23:59 前", "by 23:59 today"),
        ("2026-10-15 00:00", "明天 00:00 前", "by 00:00 tomorrow"),
        ("2026-10-16 08:30", "后天 08:30 前", "by 08:30 on Fri"),
        ("2026-10-17 12:00", "本周六 12:00 前", "by 12:00 this Sat"),
        ("2026-10-18 12:00", "本周日 12:00 前", "by 12:00 this Sun"),
        ("2026-10-19 12:00", "下周一 12:00 前", "by 12:00 next Mon"),
        ("2026-10-25 12:00", "下周日 12:00 前", "by 12:00 next Sun"),
        ("2026-10-26 12:00", "10月26日 12:00 前", "by 12:00 26 Oct"),
        ("2027-01-04 12:00", "2027年1月4日 12:00 前", "by 12:00 4 Jan 2027"),
        ("2026-10-14 14:20", "刚刚超时", "just overdue"),
        ("2026-10-14 14:19", "已超 1 分钟", "1 minute over"),
        ("2026-10-14 13:21", "已超 59 分钟", "59 minutes over"),
        ("2026-10-14 13:20", "已超 1 小时", "1 hour over"),
        ("2026-10-13 14:21", "已超 23 小时", "23 hours over"),
        ("2026-10-13 14:20", "已超 1 天", "1 day over"),
        ("2026-10-12 10:00", "已超 2 天", "2 days over"),
        ("2025-10-14 14:20", "已超 365 天", "365 days over"),
    ],
)
def test_until_when_something_is_to_be_done(due_at: str, chinese: str, english: str) -> None:
    assert due_words(at(due_at), NOW, "zh", SHANGHAI) == chinese
    assert due_words(at(due_at), NOW, "en", SHANGHAI) == english


@pytest.mark.parametrize(
    ("due_at", "chinese", "english"),
    [
        ("2026-10-14 17:00", "最晚 今天 17:00 前", "by 17:00 today at the latest"),
        ("2026-10-12 10:00", "已超 2 天", "2 days over"),
    ],
)
def test_a_promise_to_a_resident(due_at: str, chinese: str, english: str) -> None:
    assert latest_words(at(due_at), NOW, "zh", SHANGHAI) == chinese
    assert latest_words(at(due_at), NOW, "en", SHANGHAI) == english


@pytest.mark.parametrize(
    ("instant", "chinese", "english"),
    [
        ("2026-10-14 14:20", "刚刚", "just now"),
        ("2026-10-14 14:19", "1 分钟前", "1 minute ago"),
        ("2026-10-14 13:21", "59 分钟前", "59 minutes ago"),
        ("2026-10-14 13:20", "今天 13:20", "today 13:20"),
        ("2026-10-14 00:00", "今天 00:00", "today 00:00"),
        ("2026-10-13 23:59", "昨天 23:59", "yesterday 23:59"),
        ("2026-10-12 09:05", "前天 09:05", "last Mon 09:05"),
        ("2026-10-11 09:05", "10月11日 09:05", "11 Oct 09:05"),
        ("2025-12-31 09:05", "2025年12月31日 09:05", "31 Dec 2025 09:05"),
        ("2026-10-14 14:21", "今天 14:21", "today 14:21"),
        ("2026-10-15 08:30", "明天 08:30", "tomorrow 08:30"),
        ("2026-10-20 08:30", "10月20日 08:30", "20 Oct 08:30"),
    ],
)
def test_when_something_was_or_will_be(instant: str, chinese: str, english: str) -> None:
    assert when_words(at(instant), NOW, "zh", SHANGHAI) == chinese
    assert when_words(at(instant), NOW, "en", SHANGHAI) == english


def test_yesterday_may_be_minutes_ago() -> None:
    midnight = at("2026-10-15 00:10")
    assert when_words(at("2026-10-14 23:50"), midnight, "zh", SHANGHAI) == "20 分钟前"


def test_the_day_is_that_of_the_district() -> None:
    due_at = datetime(2026, 10, 14, 16, 30, tzinfo=UTC)
    assert due_words(due_at, NOW, "zh", SHANGHAI) == "明天 00:30 前"
    assert due_words(due_at, NOW, "zh", ZoneInfo("Asia/Urumqi")) == "今天 22:30 前"


def test_on_paper_no_day_grows_old() -> None:
    assert full_words(NOW, "zh", SHANGHAI) == "2026年10月14日 14:20"
    assert full_words(NOW, "en", SHANGHAI) == "14 Oct 2026 14:20"


def test_a_day_without_a_time() -> None:
    assert day_words(NOW.date(), NOW.date(), "zh") == "今天"
    assert day_words(NOW.date() - timedelta(days=30), NOW.date(), "zh") == "9月14日"


@pytest.mark.parametrize(
    ("length", "chinese", "english"),
    [
        (timedelta(seconds=5), "1 分钟", "1 minute"),
        (timedelta(minutes=59), "59 分钟", "59 minutes"),
        (timedelta(hours=1), "1 小时", "1 hour"),
        (timedelta(hours=47), "47 小时", "47 hours"),
        (timedelta(hours=48), "2 天", "2 days"),
    ],
)
def test_how_long_something_took(length: timedelta, chinese: str, english: str) -> None:
    assert length_words(length, "zh") == chinese
    assert length_words(length, "en") == english


@given(INSTANTS, INSTANTS, st.sampled_from(["zh", "en"]), st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "UTC"]))
@settings(max_examples=100)
def test_there_are_words_for_any_two_instants(one: datetime, other: datetime, language: str, zone: str) -> None:
    over = due_words(one, other, language, ZoneInfo(zone))
    assert ("超" in over or "over" in over) == (other >= one)
    assert when_words(one, other, language, ZoneInfo(zone))
