"""Tells machines' mail from people's: what must be neither posted nor answered."""

import re

from mailing import decoding
from mailing.headers import Parted

# Outlook and its kin put these before the subject of an absence note, in the sender's language.
_SUBJECTS = re.compile(
    r"(automatisk svar|autosvar|automatic reply|auto[- ]?reply|auto[- ]?response"
    r"|out of (the )?office|fraværsmelding|fraværende|ikke til stede|frånvaro"
    r"|automatische antwort|abwesenheitsnotiz|réponse automatique|respuesta automática"
    r"|automatyczna odpowiedź|risposta automatica|automatisch antwoord"
    r"|undelivered mail|undeliverable|mail delivery failed"
    r"|delivery status notification|returned mail)\b",
    re.IGNORECASE,
)


def is_automatic(parted: Parted, *, sender: str) -> bool:
    """Tell whether a machine sent this mail, or nobody who could be answered.

    Source: RFC 3834 §2 and §5; the rest was seen in the wild.
    """
    if sender == "":  # the null sender: a bounce, or an answer to something automatic
        return True
    submitted = _words(parted, "auto-submitted")
    if submitted and submitted[0] != b"no":
        return True
    if set(_words(parted, "precedence")) & {b"bulk", b"junk", b"auto_reply"}:
        return True
    # Exchange writes "OOF, AutoReply" on what people send to a group: only "All" is a machine's.
    if b"all" in _words(parted, "x-auto-response-suppress"):
        return True
    if any(parted.named("x-autoreply", "x-autorespond", "x-failed-recipients")):
        return True
    content_type = _words(parted, "content-type")
    if content_type and content_type[0] == b"multipart/report":
        return True
    return bool(_SUBJECTS.match(decoding.header(parted.first("subject") or b"")))


def _words(parted: Parted, name: str) -> list[bytes]:
    value = parted.first(name) or b""
    return [word for word in re.split(rb"[\s,;()]+", value[:1000].lower()) if word]
