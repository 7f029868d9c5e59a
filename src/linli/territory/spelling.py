"""What a place is found by: its name, its name in pinyin, the initials of that, and its code."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def search_text(name: str, code: str | None) -> str:
    """One line each: 通达小区3号楼, tongdaxiaoqu3haolou, tdxq3hl, and the code. In lower case, blanks left out."""
    from pypinyin import lazy_pinyin  # its dictionaries take 57 MB, which processes that only read do not pay for

    plain = "".join(unicodedata.normalize("NFKC", name).lower().split())
    if plain.isascii():
        return "\n".join(filter(None, (plain, code)))
    syllables = lazy_pinyin(plain, errors=list)  # type: ignore[arg-type]  # a list is spread, says its documentation
    initials = "".join(syllable[0] for syllable in syllables)
    return "\n".join(filter(None, (plain, "".join(syllables), initials, code)))
