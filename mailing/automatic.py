"""Tells machines' mail from people's: what must be neither posted nor answered."""

import re
import unicodedata

from mailing import decoding
from mailing.headers import Parted

#: Outlook and its kin put these before the subject of an absence note, in the sender's language.
ANSWERS = (
    "automatisk svar|autosvar|automatic reply|auto[- ]?reply|auto[- ]?response"
    "|out of (?:the )?office|fraværsmelding|fraværende|ikke til stede|frånvaro|automatiskt svar"
    "|automatische antwort|abwesenheitsnotiz|réponse automatique|respuesta automática"
    "|automatyczna odpowiedź|odpowiedź automatyczna|risposta automatica|automatisch antwoord"
    "|resposta automática|automaattinen vastaus|sjálfvirkt svar|automatická odpověď"
    "|automatická odpoveď|automatikus válasz|răspuns automat|otomatik yanıt|automaatvastus"
    "|automātiska atbilde|automatinis atsakymas|automatski odgovor|samodejni odgovor"
    "|автоматический ответ|автоматична відповідь|автоматичен отговор|аутоматски одговор"
    "|αυτόματη απάντηση|自动答复|自动回复|自動回覆|自動応答|自動返信|자동 회신|자동 응답"
    "|رد تلقائي|پاسخ خودکار|מענה אוטומטי|תשובה אוטומטית|trả lời tự động|balasan otomatis"
)
_SUBJECTS = re.compile(
    rf"({ANSWERS}|undelivered mail|undeliverable|mail delivery failed"
    r"|delivery status notification|returned mail)\b",
    re.IGNORECASE,
)
#: What programs write that know no standard; what stands in them varies.
_MARKS = (
    *("x-autoreply", "x-auto-reply", "x-mail-autoreply", "x-autorespond", "x-autoresponder"),
    *("x-vacation", "x-failed-recipients"),
)


def is_automatic(parted: Parted, *, sender: str) -> bool:
    """Tell whether a machine sent this mail, or nobody who could be answered.

    Source: RFC 3834 §2 and §5; the rest was seen in the wild.
    """
    if sender == "":  # the null sender: a bounce, or an answer to something automatic
        return True
    submitted = _words(parted, "auto-submitted")
    if submitted and submitted[0] != b"no" and not _is_pressed(parted):
        return True
    if set(_words(parted, "precedence")) & {b"bulk", b"junk", b"auto_reply", b"auto-reply"}:
        return True
    # Exchange writes "OOF, AutoReply" on what people send to a group: only "All" is a machine's.
    if b"all" in _words(parted, "x-auto-response-suppress"):
        return True
    if any(parted.named(*_MARKS)) or _words(parted, "x-apple-action") == [b"vacation"]:
        return True
    if b"mailer-daemon@" in (parted.first("from") or b"").lower():  # and somebody forwards it
        return True
    content_type = _words(parted, "content-type")
    if content_type and content_type[0] == b"multipart/report":
        return True
    subject = decoding.header(parted.first("subject") or b"")
    return bool(_SUBJECTS.match(unicodedata.normalize("NFC", subject)))


def _is_pressed(parted: Parted) -> bool:
    """Tell whether a person has pressed "Unsubscribe".

    Apple Mail calls the mail that it then writes an automatic answer.
    """
    return _words(parted, "x-apple-unsubscribe") == [b"true"]


def _words(parted: Parted, name: str) -> list[bytes]:
    value = parted.first(name) or b""
    return [word for word in re.split(rb"[\s,;()]+", value[:1000].lower()) if word]
