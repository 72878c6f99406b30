"""Names of people: one middle dot, no idle spaces, surname and given name.

The separator of names is U+00B7 and a name may have 25 characters (民委发（2016）33号).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from db.errors import Refusal
from db.rules.writing import visible

MIDDLE_DOT = "·"
LONGEST = 25

# Dots seen in the place of the middle dot, full-width and look-alikes included.
_DOTS = str.maketrans(
    dict.fromkeys(".。•⋅・‧･∙●˙▪◦\u0387\u16eb\u2e31\u2e33\ua78f\ufe52\uff0e\uff61", MIDDLE_DOT)
)
_FULL_WIDTH_LETTERS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0E}

_COMPOUND_SURNAMES = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳
公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙
壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘
东门 西门 南荣 第五 完颜 纳兰 叶赫 那拉 富察 钮祜禄 爱新觉罗 瓜尔佳 马佳 佟佳 索绰罗 赫舍里
叶赫那拉 孛儿只斤 博尔济吉特 欧侯 贺兰 耶律 哥舒 即墨 达奚 褚师 吐谷浑
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())
_LONGEST_SURNAME = max(map(len, COMPOUND_SURNAMES))


def normalise(text: str) -> str:
    """The name as it is kept; Refusal if it cannot be one.

    Any look-alike of the middle dot becomes U+00B7; the spaces that pad a short name (王　文) go,
    in longer names (five characters and more) a space that separates parts stays as one space.
    """
    if len(text) <= 4 and _is_plain(text):
        return text
    return _normalise(text)


def _is_plain(text: str) -> bool:
    """Whether a text is nothing but the usual ideographs, as nearly every name is."""
    return bool(text) and min(text) >= "一" and max(text) <= "鿿"


@lru_cache(maxsize=4096)
def _normalise(raw: str) -> str:
    for sign in raw:
        if "\ud800" <= sign <= "\udfff":
            raise Refusal("姓名里有残缺的字符，请重新输入")
        if unicodedata.category(sign) == "Cc" and not sign.isspace():
            raise Refusal("姓名里有无法显示的控制字符，请重新输入")
    name = visible(raw).translate(_DOTS).translate(_FULL_WIDTH_LETTERS)
    parts = [part.strip() for part in name.split(MIDDLE_DOT)]
    name = MIDDLE_DOT.join(_close_up(part) for part in parts if part)
    if not name:
        return ""
    if len(name) > LONGEST:
        raise Refusal(f"姓名最多 {LONGEST} 个字，现有 {len(name)} 个字")
    if not any(sign.isalpha() or unicodedata.category(sign) == "Co" for sign in name):
        raise Refusal(f"“{raw.strip()}”不像姓名")
    return name


def _close_up(part: str) -> str:
    words = part.split()
    joined = "".join(words)
    return joined if len(joined) <= 4 and not joined.isascii() else " ".join(words)


def comparable(name: str) -> str:
    """The name for matching and searching: no dot of any kind, no spaces, half-width, lower case."""
    if _is_plain(name) or (name.isdecimal() and name.isascii()):
        return name
    plain = visible(name).translate(_DOTS).translate(_FULL_WIDTH_LETTERS)
    return "".join(plain.replace(MIDDLE_DOT, "").split()).casefold()


def flaw(name: str) -> str | None:
    """What is doubtful about a kept name (characters that only one computer can show), or None."""
    if _is_plain(name):
        return None
    for sign in name:
        if unicodedata.category(sign) in ("Co", "Cn"):
            return f"姓名里的“{sign}”是自造字（U+{ord(sign):04X}），换台电脑可能显示不出来"
    return None


def split(name: str) -> tuple[str, str]:
    """(surname, given name); a name with a middle dot has no surname: ("", name)."""
    if MIDDLE_DOT in name:
        return "", name
    for length in range(min(_LONGEST_SURNAME, len(name) - 1), 1, -1):
        if name[:length] in COMPOUND_SURNAMES:
            return name[:length], name[length:]
    return name[:1], name[1:]
