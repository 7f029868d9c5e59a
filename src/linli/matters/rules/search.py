"""What search stands on: pairs of neighbouring Chinese characters, and words and numbers of other scripts. Pure."""

import re
import unicodedata

MOST = 600  # tokens of one text; what comes later in a very long one is not searched
_RUNS = re.compile(r"[一-鿿㐀-䶿]+|[a-z0-9]+")


def tokens_of(text: str) -> set[str]:
    """The tokens of a text, folded: full-width forms and capitals count as plain ones. A lone character is one too."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            found[run[:40]] = None
        else:
            pairs = (run[i : i + 2] for i in range(max(len(run) - 1, 1)))
            found.update(dict.fromkeys(pairs))
        if len(found) >= MOST:
            break
    return set(list(found)[:MOST])
