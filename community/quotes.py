"""What a post itself says: without quoted lines, without who wrote what when, without signature.

For digests, whose readers have the posts before in the same mail or a click away. Pure, and in time
linear to the text: a post may be made of anything.
"""

import re

GAP = "[…]"
#: A longer line is no attribution.
_LONGEST_ATTRIBUTION = 300
#: `wrote`, as programs put it in the languages of our members.
_WROTE = frozenset(
    {
        "wrote",
        "writes",
        "skrev",
        "skreiv",
        "schrieb",
        "schreef",
        "skrifaði",
        "kirjoitti",
        "kirjutas",
    }
    | {
        "écrit",
        "escribió",
        "escreveu",
        "scritto",
        "napisał",
        "napisała",
        "napsal",
        "napísal",
        "írta",
    }
    | {"yazdı", "пишет", "написал", "написала", "пише", "έγραψε", "写道", "寫道", "작성"}
)
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(r"<[^<>]*>")
#: Some say no more than who and when: `2027-02-01 10:00 Ada Holm <ada@example.org>:`.
_BY_ADDRESS = re.compile(r"<[^<>\s]+@[^<>\s]+>\s*:\Z")
_OF = (
    "from|fra|frå|från|von|de|da|van|od|lähettäjä|kimden|gönderen|от|від|από|发件人|寄件者|差出人"
    "|보낸 사람"
)
_AT = (
    "sent|date|sendt|dato|skickat|datum|gesendet|envoyé|enviado|enviado el|enviada em|fecha"
    "|data|inviato|verzonden|wysłano|lähetetty|gönderildi|gönderme tarihi|tarih|отправлено|дата"
    "|надіслано|στάλθηκε|发送时间|日期|傳送時間|送信日時|보낸 날짜"
)
_ORIGINAL = (
    *("original message", "opprinnelig melding", "opphavleg melding", "oprindelig meddelelse"),
    *("ursprungligt meddelande", "ursprüngliche nachricht", "oorspronkelijk bericht"),
    *("message d'origine", "mensaje original", "mensagem original", "messaggio originale"),
    *("wiadomość oryginalna", "alkuperäinen viesti", "исходное сообщение", "原始邮件"),
)
#: A blank stands before the colon in French, and the colon is wide in Chinese.
_OF_LINE = re.compile(rf"(?:{_OF})\s?[:：]", re.IGNORECASE)
_AT_LINE = re.compile(rf"(?:{_AT})\s?[:：]", re.IGNORECASE)
#: Where a signature or a whole mail may begin; `_without_tail` looks closer.
_BELOW = re.compile(rf"^(?:[^\S\n]|\*)*(?:--|(?:{_OF})\s?[:：])", re.IGNORECASE | re.MULTILINE)
#: What programs write below everybody's words, in the languages of `_WROTE`.
_ADVERTISED = re.compile(
    r"(?:sent (?:from|via)|sendt (?:fra|frå|via)|skickat från|gesendet (?:von|mit)|get|hent"
    r"|skaff deg|last ned|hämta|laden sie) (?:my |min |mitt |meinem |the )?"
    r"(?:iphone|ipad|mobile?|mobilen|phone|telefon|android|samsung|galaxy|huawei|outlook"
    r"|yahoo|proton|e-?post|mail for|mail app)[^\n]{0,100}",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what the author wrote; `[…]` stands where a quote stood between two parts of it.

    Of nothing but quotes `[…]` is left, of nothing nothing.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if _BELOW.search(text):  # looked for once: most posts have neither this nor a quote
        lines = _without_tail(lines)
    has_quotes = "\n>" in f"\n{text}"
    kept = _unquoted(lines) if has_quotes else [line.rstrip() for line in lines]
    own = "\n".join(_without_programs_words(_without_last_gap(_trimmed(kept))))
    return own or (GAP if text.strip() else "")


def words_of(text: str, *, is_reply: bool) -> str:
    """Return what a post says to whoever has not read those before it.

    What begins a thread and has a whole mail below passes that on: it is what it has to say.
    """
    if is_reply or mail_below(text.splitlines()) is None:
        return own_words(text)
    return text.replace("\r\n", "\n").strip("\n")


def mail_below(lines: list[str]) -> int | None:
    """Return the line at which a whole mail begins that a program put below without a mark."""
    at = next((at for at in range(len(lines)) if _is_mail_below(lines, at)), None)
    is_drawn = at and lines[at - 1].startswith("____") and not lines[at - 1].strip("_ ")
    return at - 1 if at and is_drawn else at


def _unquoted(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        skipped = _quote(lines, at)
        if skipped == at:
            kept.append(lines[at].rstrip())
            at += 1
            continue
        at = skipped
        while kept and not kept[-1]:
            kept.pop()
        if kept:
            kept += [""] if kept[-1] == GAP else ["", GAP, ""]
    return kept


def _without_tail(lines: list[str]) -> list[str]:
    """Cut off the signature, and a whole mail that a program put below without a mark."""
    for at, line in enumerate(lines):
        if line in ("-- ", "--") or _is_mail_below(lines, at):
            return lines[:at]
    return lines


def _is_mail_below(lines: list[str], at: int) -> bool:
    line = lines[at].strip().strip("*").casefold()
    if line.startswith("--") and line.strip("- ") in _ORIGINAL:
        return True
    if not _OF_LINE.match(line):
        return False
    following = (below.strip().strip("*") for below in lines[at + 1 : at + 4])
    return any(_AT_LINE.match(below) for below in following)


def _quote(lines: list[str], at: int) -> int:
    """Return where the quote that begins here ends, its attribution included; `at` if none does."""
    end = start = _after_blanks(lines, at + length) if (length := _attribution(lines, at)) else at
    while end < len(lines) and lines[end].startswith(">"):
        end = _after_blanks(lines, end + 1)
    return end if end > start else at


def _attribution(lines: list[str], at: int) -> int:
    """Return how many lines say here who wrote what when: none, one, or two."""
    if _is_attribution(lines[at]):
        return 1
    broken = lines[at : at + 2]  # programs break a long one once
    if _is_broken_in_angles(broken):
        return 2
    if not _is_attribution(" ".join(broken)) or broken[-1].startswith(">"):
        return 0
    if not _is_attribution(broken[-1]):
        return 2
    if broken[0].rstrip().endswith("<"):  # broken within the address
        return 2
    # Who and when on one line: the line above is the author's own, also without a blank between.
    is_second_half = _DIGIT.search(broken[0]) and not _DIGIT.search(_ADDRESS.sub("", broken[-1]))
    return 2 if is_second_half else 0


def _is_broken_in_angles(broken: list[str]) -> bool:
    """Tell whether it ends in `<ada@example.org` and `> wrote:` below, as Gmail breaks it."""
    if len(broken) < 2 or "<" not in broken[0] or not broken[1].startswith(">"):
        return False
    end = broken[0].rpartition("<")[2]
    return "@" in end and " " not in end.strip() and _is_attribution(broken[0] + broken[1])


def _after_blanks(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _is_attribution(line: str) -> bool:
    line = line.strip().replace("：", ":")
    if not line.endswith(":") or len(line) > _LONGEST_ATTRIBUTION or line.startswith(">"):
        return False
    if _BY_ADDRESS.search(line) and _DIGIT.search(_ADDRESS.sub("", line)):
        return True
    return not _WROTE.isdisjoint(word.casefold() for word in _WORD.findall(line))


def _trimmed(lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    while first < last and not lines[first]:
        first += 1
    while last > first and not lines[last - 1]:
        last -= 1
    return lines[first:last]


def _without_last_gap(lines: list[str]) -> list[str]:
    return _trimmed(lines[:-1]) if lines[-1:] == [GAP] else lines


def _without_programs_words(lines: list[str]) -> list[str]:
    """Cut off what a telephone or a program says of itself, and the line that it draws."""
    kept = lines
    while kept and (not kept[-1].strip("_ ") or _ADVERTISED.fullmatch(kept[-1].strip())):
        kept = kept[:-1]
    return kept
