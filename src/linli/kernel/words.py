"""Words on screen: each room keeps its sentences in words/zh.yaml and words/en.yaml, flat keys, str.format fields."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation.trans_real import parse_accept_lang_header

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LANGUAGES = ("zh", "en")
_HOUSE = Path(__file__).resolve().parents[1]


def say(key: str, /, language: str = "zh", **data: Any) -> str:
    """The sentence behind `key`, filled in with `data`. A key without words is a fault of ours: KeyError."""
    return lexicon(language)[key].format_map(data)


def preferred(accept_language: str) -> str:
    """The one of our languages that a browser or a program asks for first (Accept-Language); Chinese by default."""
    for asked, weight in parse_accept_lang_header(accept_language[:500]):
        if weight and (language := asked.partition("-")[0]) in LANGUAGES:
            return language
    return LANGUAGES[0]


def has(key: str) -> bool:
    return key in lexicon("zh")


@cache
def lexicon(language: str) -> dict[str, str]:
    """All sentences of a language. Two rooms that claim one key are refused."""
    words: dict[str, str] = {}
    for path in sorted(_HOUSE.rglob(f"words/{language}.yaml")):
        for key, sentence in (yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}).items():
            if key in words:
                raise ValueError(f"{path}: {key} is said twice")
            words[key] = str(sentence)
    return words
