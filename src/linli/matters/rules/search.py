"""What search stands on: pairs of neighbouring Chinese characters, and words and numbers of other scripts. Pure."""

import re
import unicodedata

MOST = 600  # tokens of one text; what comes later in a very long one is not searched
ASKED_MOST = 8  # tokens of one question, the longest first
LONGEST = 40  # signs of one token
_CHINESE = "㐀-䶿一-鿿\U00020000-\U000323af"
_RUNS = re.compile(rf"[{_CHINESE}]+|(?:(?![{_CHINESE}])[^\W_])+")
_IS_CHINESE = re.compile(f"[{_CHINESE}]")


def tokens_of(text: str) -> set[str]:
    """The tokens of a text, folded: full-width forms and capitals count as plain ones. The last character of a run
    stands alone too, so that every character begins a token."""
    found: dict[str, None] = {}
    for run in _runs(text):
        found.update(dict.fromkeys([*_pairs(run), run[-1]] if _IS_CHINESE.match(run) else [run[:LONGEST]]))
        if len(found) >= MOST:
            break
    return set(list(found)[:MOST])


def asked(text: str) -> list[tuple[str, str | None]]:
    """What a text has to have in it that answers this question: all of these tokens. Each is (token, None), or a range
    [from, to) of tokens where a lone character was asked for, which begins many. Empty when nothing can be looked for.
    """
    found: dict[tuple[str, str | None], None] = {}
    for run in _runs(text):
        if not _IS_CHINESE.match(run):
            found[run[:LONGEST], None] = None
        elif len(run) == 1:
            found[run, chr(ord(run) + 1)] = None
        else:
            found.update(dict.fromkeys((pair, None) for pair in _pairs(run)))
    return sorted(found, key=lambda token: -len(token[0]))[:ASKED_MOST]


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]
