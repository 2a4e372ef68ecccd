"""Every character set that we say we read, in every encoding in which it travels."""

from collections.abc import Iterator
from random import Random

from tests.mailing.corpus.sample import Sample, mail, text, word

NORWEGIAN = "Blåbærsyltetøy på søndag"
BALTIC = "Ķēniņš un ģimene"
RUSSIAN = "Съешь ещё этих булок"
JAPANESE = "こんにちは世界"
CHINESE = "你好世界"

WORDS = {
    **dict.fromkeys(("us-ascii", "ascii"), "Plain words on a plain day"),
    **dict.fromkeys(("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be"), "Æ Ø Å, Ž, Ω, Я, 🎉"),
    **dict.fromkeys(
        ("iso-8859-1", "iso-8859-15", "windows-1252", "cp1252", "macintosh"), NORWEGIAN
    ),
    **dict.fromkeys(("iso-8859-2", "windows-1250"), "Zażółć gęślą jaźń"),
    "iso-8859-3": "Ĉu vi ĝojas pri ŝi",
    **dict.fromkeys(("iso-8859-4", "iso-8859-13", "windows-1257"), BALTIC),
    **dict.fromkeys(("iso-8859-5", "koi8-r", "windows-1251"), RUSSIAN),
    "koi8-u": "Ґанок і їжак",
    **dict.fromkeys(("iso-8859-6", "windows-1256"), "مرحبا بالعالم"),
    **dict.fromkeys(("iso-8859-7", "windows-1253"), "Καλημέρα κόσμε"),
    **dict.fromkeys(("iso-8859-8", "windows-1255"), "שלום עולם"),
    **dict.fromkeys(("iso-8859-9", "windows-1254"), "Pijamalı hasta yağız şoföre"),
    "iso-8859-10": "Sámegiella: čáŋŧšž",
    **dict.fromkeys(("iso-8859-11", "tis-620"), "สวัสดีชาวโลก"),
    "iso-8859-14": "Ŵythnos y tŷ",
    "iso-8859-16": "Țară și școală",
    "windows-1258": "Xin chào, Đăng",
    **dict.fromkeys(("iso-2022-jp", "shift_jis", "euc-jp"), JAPANESE),
    **dict.fromkeys(("iso-2022-kr", "euc-kr"), "안녕하세요 세계"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), CHINESE),
    "big5": "繁體中文測試",
}
ENCODINGS = ("base64", "quoted-printable", "8bit")


def samples(random: Random) -> Iterator[Sample]:
    """Give each set in each encoding that can carry it; in the subject too, in either way."""
    for charset, words in WORDS.items():
        is_wide = charset.startswith("utf-16")
        for encoding in ENCODINGS[:1] if is_wide else ENCODINGS:
            name = f"{charset} in {encoding}"
            said = f"{words} {random.randint(100, 999)}"
            shown = said.encode(charset).decode(charset)
            in_header = "utf-8" if is_wide else charset
            kind = random.choice("BQ")
            yield Sample(
                name=name,
                raw=mail(
                    name,
                    text(f"{shown}.\r\n\r\n-- \r\nWei\r\n", charset, encoding=encoding),
                    subject=f"{name} {word(words, in_header, kind=kind)}",
                ),
                words=shown,
            )
