"""Instants as people say them: 今天 17:00 前, 已超 2 天, 5 分钟前. Pure: the present is passed in.

Every function takes aware datetimes, the language of the page and the zone of the district, and answers with a phrase
that needs no further words around it. Days are calendar days in the zone, except in "over by": there a day is 24 hours.
"""

from datetime import date, datetime, timedelta, tzinfo

from linli.kernel.words import say

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_NEAR_DAYS = {-2: "before_yesterday", -1: "yesterday", 0: "today", 1: "tomorrow", 2: "after_tomorrow"}


def due_words(due_at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """Until when something is to be done, or by how much that is over: 明天 10:30 前; 已超 3 小时."""
    return _due_words("web.due.before", due_at, now, language, zone)


def latest_words(due_at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """The same as a promise to a resident: 最晚 明天 10:30 前; 已超 3 小时."""
    return _due_words("web.due.latest", due_at, now, language, zone)


def when_words(instant: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """When something was or will be: 刚刚; 12 分钟前; 昨天 09:05; 10月8日 14:00; 明天 08:30."""
    passed = now - instant
    if timedelta(0) <= passed < _MINUTE:
        return say("web.when.just_now", language)
    if _MINUTE <= passed < _HOUR:
        return say("web.when.ago", language, amount=_amount("minute", passed // _MINUTE, language))
    time = instant.astimezone(zone).strftime("%H:%M")
    day = _day_words(_day(instant, zone), _day(now, zone), language, weekdays=False)
    return say("web.when.at", language, day=day, time=time)


def day_words(day: date, today: date, language: str) -> str:
    """A calendar day: 今天; 昨天; 10月8日; 2025年10月8日."""
    return _day_words(day, today, language, weekdays=False)


def full_words(instant: datetime, language: str, zone: tzinfo) -> str:
    """An instant on paper, where "today" grows old: 2026年10月8日 14:00."""
    local = instant.astimezone(zone)
    month = say(f"web.month.{local.month}", language)
    day = say("web.day.other_year", language, year=local.year, month=month, day=local.day)
    return say("web.when.at", language, day=day, time=local.strftime("%H:%M"))


def length_words(length: timedelta, language: str) -> str:
    """How long something took, in its largest whole unit: 40 分钟; 5 小时; 3 天."""
    if length < _HOUR:
        return _amount("minute", max(length // _MINUTE, 1), language)
    if length < 2 * _DAY:
        return _amount("hour", length // _HOUR, language)
    return _amount("day", length // _DAY, language)


def _due_words(key: str, due_at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    if now >= due_at:
        return _over_words(now - due_at, language)
    time = due_at.astimezone(zone).strftime("%H:%M")
    day = _day_words(_day(due_at, zone), _day(now, zone), language, weekdays=True)
    return say(key, language, day=day, time=time)


def _over_words(over: timedelta, language: str) -> str:
    if over < _MINUTE:
        return say("web.due.just_over", language)
    if over < _HOUR:
        amount = _amount("minute", over // _MINUTE, language)
    elif over < _DAY:
        amount = _amount("hour", over // _HOUR, language)
    else:
        amount = _amount("day", over // _DAY, language)
    return say("web.due.over", language, amount=amount)


def _day_words(day: date, today: date, language: str, *, weekdays: bool) -> str:
    weekday = say(f"web.weekday.{day.isoweekday()}", language)
    if near := _NEAR_DAYS.get((day - today).days):
        return say(f"web.day.{near}", language, weekday=weekday)
    weeks = (_monday(day) - _monday(today)).days // 7
    if weekdays and weeks in (0, 1) and day > today:
        return say("web.day.this_week" if weeks == 0 else "web.day.next_week", language, weekday=weekday)
    key = "web.day.this_year" if day.year == today.year else "web.day.other_year"
    return say(key, language, year=day.year, month=say(f"web.month.{day.month}", language), day=day.day)


def _amount(unit: str, number: int, language: str) -> str:
    return say(f"web.amount.{unit}.{'one' if number == 1 else 'many'}", language, number=number)


def _day(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
