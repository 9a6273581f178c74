"""Letters of Cyrillic and Latin alphabets to plain ASCII.

Own tables, because no library knows all of them: ICU leaves ұ and ә, most others lack the Kazakh,
Kyrgyz and Tajik letters. Other scripts lose their letters here; the full engine widens this.
"""

from __future__ import annotations

import unicodedata

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",  # Kazakh
    "ӣ": "i", "ӯ": "u", "ҳ": "h", "ҷ": "j",  # Tajik
    "ў": "u", "ґ": "g", "є": "ye", "ї": "yi",  # Belarusian, Ukrainian (Uzbek ў as well)
    "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz",  # Balkan
}  # fmt: skip
_LATIN = {
    "ı": "i", "ş": "sh", "ș": "sh", "š": "sh", "ś": "s", "ç": "ch", "č": "ch", "ć": "c", "ž": "zh", "ż": "zh", "ź": "z",
    "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ø": "o", "œ": "oe", "æ": "ae", "ß": "ss", "ə": "a", "ǝ": "a",
    "ŋ": "n", "ħ": "h", "ţ": "ts", "ț": "ts", "ŭ": "u",
}  # fmt: skip
_APOSTROPHES = "'ʼʻ’‘`´ʹʺ′ʾʿˈ"
_ASCII = {n: " " for n in range(128) if not chr(n).isalnum() and chr(n) != "."} | {ord(c): "" for c in "'`"}
_TABLE = str.maketrans(_CYRILLIC | _LATIN | dict.fromkeys(_APOSTROPHES, ""))


def plain(text: str) -> str:
    """The text in lower-case ASCII letters, digits and spaces; everything else becomes a space.

    Apostrophes and soft signs vanish; a dot stays, since it tells initials and legal forms.

    >>> plain("«Шалқар Сауда» ЖШС")
    'shalkar sauda zhshs'
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    lower = unicodedata.normalize("NFKC", text).casefold().replace("i̇", "i")
    lower = unicodedata.normalize("NFC", lower).translate(_TABLE)
    if not lower.isascii():
        decomposed = unicodedata.normalize("NFKD", lower).translate(_TABLE)
        lower = "".join(c for c in decomposed if not unicodedata.combining(c))
    kept = (c if c.isascii() and (c.isalnum() or c == ".") else " " for c in lower)
    return " ".join("".join(kept).split())
