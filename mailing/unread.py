"""What is said of a mail that nobody could read: enough to put it aside with its bytes (A7)."""

from community.unreadables import Unreadable
from mailing import decoding, gate, headers, substance
from mailing.authentication import Authentication
from mailing.intake import MAX_SUBJECT_SIGNS, Facts


def facts(raw: bytes, *, sender: str, why: Unreadable) -> Facts:
    """Say of a mail what can be said without reading it: no reader touches its bytes.

    For mails on which `read` itself stalled or died; they are quarantined with their text (A7).
    """
    parted = headers.part(gate.normalised(raw))
    fingerprint = substance.fingerprint(parted, sender=sender)
    subject = (parted.first("subject") or b"")[:MAX_SUBJECT_SIGNS]
    return Facts(
        sender=sender,
        message_id=f"<{fingerprint[:32]}@no-message-id.invalid>",
        is_message_id_made_up=True,
        subject=decoding.plain(subject.decode("utf-8", errors="replace")),
        from_name="",
        from_address="",
        from_addresses=(),
        to_addresses=(),
        cc_addresses=(),
        in_reply_to=None,
        references=(),
        date=None,
        text=substance.as_text(raw),
        is_text_guessed=True,
        is_automatic=sender == "",
        list_ids=(),
        list_posts=(),
        received_hops=0,
        attachments=(),
        is_signed=False,
        size_bytes=len(raw),
        fingerprint=fingerprint,
        authentication=Authentication(),
        unreadable=why,
    )
