"""`{% load linli %}`: words, icons, dates and built files for the templates."""

import json
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from linli.channels.web import dates
from linli.kernel import words

register = template.Library()
_MANIFEST = Path(__file__).resolve().parents[1] / "static" / "built" / "manifest.json"


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **data: object) -> str:
    """`{% say "web.mine.title" %}`: the words of a key in the page's language; KeyError without words."""
    return words.say(key, _language(context), **data)


@register.simple_tag(takes_context=True)
def due_words(context: Context, due_at: datetime | None) -> str:
    """`{% due_words row.due_at %}`: 今天 17:00 前, 已超 2 天; nothing where nothing is due."""
    return dates.due_words(due_at, *_present(context)) if due_at else ""


@register.simple_tag(takes_context=True)
def latest_words(context: Context, due_at: datetime | None) -> str:
    """`{% latest_words matter.due_at %}`: 最晚 今天 17:00 前, 已超 2 天."""
    return dates.latest_words(due_at, *_present(context)) if due_at else ""


@register.simple_tag(takes_context=True)
def when_words(context: Context, instant: datetime | None) -> str:
    """`{% when_words entry.at %}`: 昨天 09:05."""
    return dates.when_words(instant, *_present(context)) if instant else ""


@register.simple_tag(takes_context=True)
def full_words(context: Context, instant: datetime | None) -> str:
    """`{% full_words matter.due_at %}`, for paper: 2026年10月8日 14:00."""
    return dates.full_words(instant, _language(context), context["zone"]) if instant else ""


@register.simple_tag(takes_context=True)
def day_words(context: Context, day: date | None) -> str:
    """`{% day_words row.closed_on %}`: 10月8日."""
    now, language, zone = _present(context)
    return dates.day_words(day, now.astimezone(zone).date(), language) if day else ""


@register.simple_tag(takes_context=True)
def length_words(context: Context, length: timedelta) -> str:
    """`{% length_words row.took %}`: 3 天."""
    return dates.length_words(length, _language(context))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "pin" %}`: decoration only, the words beside it say what it means."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        built("icons.svg"),
        name,
    )


@register.simple_tag
def built(name: str) -> str:
    """`{% built "app.css" %}`: address of a file that `npm run build` made."""
    return static(f"built/{_manifest()[name]['file']}")


@cache
def _manifest() -> dict[str, dict[str, Any]]:
    if not _MANIFEST.exists():
        raise ImproperlyConfigured("The pages are not built yet: run `npm ci && npm run build`.")
    manifest: dict[str, dict[str, Any]] = json.loads(_MANIFEST.read_text(encoding="utf-8"))
    return manifest


def _language(context: Context) -> str:
    return str(context.get("language") or "zh")


def _present(context: Context) -> tuple[datetime, str, tzinfo]:
    return context["now"], _language(context), context["zone"]
