"""Personal data as it is compared and as it is shown by default: normal forms and masks. Pure."""

import re
import unicodedata

COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 "
    "濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 "
    "公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 "
    "微生 梁丘 左丘 东门 西门 南荣 第五".split()
)
_DOTS = str.maketrans("•・‧∙", "····")


def mask_phone(text: str) -> str:
    """138****1234; of other numbers the last four digits and of long ones the first three."""
    digits = normal_phone(text)
    return _mask(digits, 3 if len(digits) >= 11 else 0, 4 if len(digits) >= 8 else 0)


def mask_name(text: str) -> str:
    """张**, 欧阳*: the surname, and three stars at most."""
    name = "".join(text.split())
    surname = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:surname] + "*" * min(len(name) - surname, 3) if len(name) > 1 else "*" * len(name)


def mask_identity(text: str) -> str:
    """230***********123X: neither the birthday nor the county."""
    number = normal_identity(text)
    return _mask(number, 3, 4) if len(number) >= 15 else "*" * len(number)


def normal_phone(text: str) -> str:
    """The digits of a phone number, full-width ones folded, without China's +86; other countries keep theirs after 00.
    ValueError when there is no digit in it."""
    folded = unicodedata.normalize("NFKC", text)
    digits = re.sub("[^0-9]", "", folded)
    if not digits:
        raise ValueError("a phone number has digits")
    if digits.startswith("0086"):
        return digits[4:]
    if folded.lstrip(" (").startswith("+"):
        return digits[2:] if digits.startswith("86") else f"00{digits}"
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def normal_identity(text: str) -> str:
    """The letters and digits of an ID number, in capitals. ValueError when there are none."""
    number = re.sub("[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    if not number:
        raise ValueError("an ID number has digits")
    return number


def normal_text(text: str) -> str:
    """A name or an address without regard to blanks, width, case and the kind of its middle dots."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).translate(_DOTS)


def _mask(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
