"""Letters of Cyrillic and Latin alphabets to plain ASCII.

Own tables, because no library knows all of them: ICU leaves ұ and ә, most others lack the Kazakh,
Kyrgyz and Tajik letters, and none reads Arabic as names are read. What has no table here goes by anyascii.
"""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

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
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d",
    "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ک": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ہ": "h", "ھ": "h", "ة": "a", "و": "u", "ؤ": "u",
    "ي": "i", "ی": "i", "ى": "a", "ئ": "i", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ۀ": "a", "ے": "e", "ں": "n",
    "ټ": "t", "ډ": "d", "ړ": "r", "ږ": "g", "ښ": "sh", "ڼ": "n", "ې": "e", "ۍ": "i", "څ": "ts", "ځ": "dz", "ـ": "",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "u", "ז": "z", "ח": "h", "ט": "t", "י": "i", "כ": "k", "ך": "k",
    "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "f", "צ": "ts", "ץ": "ts", "ק": "k",
    "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
_APOSTROPHES = "'ʼʻ’‘`´ʹʺ′ʾʿˈ"
_ASCII = {n: " " for n in range(128) if not chr(n).isalnum() and chr(n) != "."} | {ord(c): "" for c in "'`"}
_TABLE = str.maketrans(_CYRILLIC | _LATIN | _ARABIC | _HEBREW | dict.fromkeys(_APOSTROPHES, ""))


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
        lower = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
        if not lower.isascii():
            lower = _others(lower)
    return " ".join(lower.translate(_ASCII).split())


_KOREAN_FAMILIES = {
    "이": "lee",
    "박": "park",
    "최": "choi",
    "정": "jung",
    "조": "cho",
    "강": "kang",
    "임": "lim",
    "유": "yu",
    "김": "kim",
    "오": "oh",
    "우": "woo",
}
"""Family names that are written otherwise than their sound is transliterated."""


def _others(text: str) -> str:
    """Other scripts by table; of a Chinese or Korean name without a space the first character is the family name."""
    words = text.split()
    if (
        len(words) == 1
        and 2 <= len(text) <= 4
        and all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in text)
    ):
        words = [text[0], text[1:]]
    return " ".join(
        [word if word.isascii() else _KOREAN_FAMILIES.get(word) or anyascii(word) for word in words]
    ).lower()
