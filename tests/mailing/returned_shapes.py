"""What hosts of many makes send back, in their own shapes, and what is made of each."""

import base64
from email.message import EmailMessage

from community.causes import Cause

HOST, KARI = "MAILER-DAEMON@mx.example.net", "Kari Vik <kari@example.org>"
NOBODY = "550 5.1.1 User unknown"
WORDS = "It could not be delivered."


def report(
    action: str = "failed",
    status: str = "5.1.1",
    said: str = f"smtp; {NOBODY}",
    *,
    of: str = HOST,
    more: str = "",
    words: str = WORDS,
    top: str = "multipart/report; report-type=delivery-status",
    is_coded: bool = False,
) -> bytes:
    """Write a report as RFC 3464 has it; `more` are other recipients' fields, `words` its text."""
    content = (
        f"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; kari@example.org\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: {said}\n{more}\n"
    )
    coding = ""
    if is_coded:
        content = base64.encodebytes(content.encode()).decode()
        coding = "Content-Transfer-Encoding: base64\n"
    return (
        f"From: {of}\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: {top}; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{words}\n"
        f"--b\nContent-Type: message/delivery-status\n{coding}\n{content}\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Lunch\n\nHello.\n--b--\n"
    ).encode()


def note(of: str, subject: str, text: str, **fields: str) -> bytes:
    """Write a mail in plain words."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = of, subject
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def holding(report: bytes, *, as_type: str, of: str = KARI) -> bytes:
    """Write a mail that brings a report along, as people and their programs do."""
    inner = report if as_type == "message/rfc822" else report.split(b"delivery-status\n")[1]
    head = f"From: {of}\nSubject: Re: Lunch\nContent-Type: multipart/mixed; boundary=c\n\n"
    part = f"--c\nContent-Type: text/plain\n\nSee below.\n--c\nContent-Type: {as_type}\n\n"
    return head.encode() + part.encode() + inner.replace(b"--b", b"--d") + b"\n--c--\n"


OLD = "Final-Recipient: rfc822; old@example.com\nAction: failed\nStatus: 5.1.1\n"
M365 = "Recipient not found by SMTP address lookup"
WAITS = "THIS IS A WARNING MESSAGE ONLY\n\n550 5.1.1 User unknown\nWill keep trying for 5 days"
#: By what it is: the mail, and its cause; None for what is no report.
SHAPES = {
    "Postfix": (report(), Cause.GONE),
    "in base64": (report(is_coded=True), Cause.GONE),
    "as multipart/mixed": (report(top="multipart/mixed"), Cause.GONE),
    "with remarks": (report("Failed (bad)", "5.1.1 (bad destination)"), Cause.GONE),
    "without a number": (report(status="", said="smtp; 550 User unknown"), Cause.GONE),
    # What the report leaves out stands in the words above it.
    "OpenSMTPD with a report": (
        report(status="5.0.0", said="", words=f"kari@example.org: {NOBODY}"),
        Cause.GONE,
    ),
    "Exim, full": (
        report(
            status="5.0.0", said="", words="save to /mail/kari\n  mailbox is full: retry timeout"
        ),
        Cause.SOFT,
    ),
    "Gmail in words": (
        report(
            status="5.0.0", said="", words="It wasn't delivered: the address couldn't be found."
        ),
        Cause.GONE,
    ),
    "failed without words": (report(status="5.0.0", said=""), Cause.CONTENT),
    "M365 nobody at all": (
        report(
            status="5.4.1", said="smtp;550 5.4.1 All recipient addresses rejected : Access denied"
        ),
        Cause.GONE,
    ),
    "From nobody": (report(of="<>", top="multipart/mixed"), Cause.GONE),
    "expired": (report(status="4.4.1", said="X-Postfix; connection timed out"), Cause.SOFT),
    "greylisted": (report(status="4.2.0", said="smtp; 450 4.2.0 Greylisted"), Cause.CONTENT),
    "Gmail full": (report(status="5.2.2", said="smtp; 552-5.2.2 out of storage"), Cause.SOFT),
    "Gmail DMARC": (report(status="5.7.26", said="smtp; 550-5.7.26 policy"), Cause.CONTENT),
    "Gmail too fast": (report(status="4.7.28", said="smtp; 421-4.7.28 unusual"), Cause.CONTENT),
    "M365 nobody": (report(status="5.1.10", said=f"smtp;550 5.1.10 {M365}"), Cause.GONE),
    "M365 members only": (report(status="5.7.124", said="smtp;550 RESOLVER"), Cause.CONTENT),
    "M365 loop": (report(status="5.4.14", said="smtp;554 Hop count exceeded"), Cause.SOFT),
    "Yahoo nobody": (report(status="5.0.0", said="smtp; 552 1 mailbox not found"), Cause.GONE),
    "Yahoo slow down": (report(status="4.7.0", said="smtp; 421 [TSS04]"), Cause.CONTENT),
    "Proofpoint": (report(status="5.0.0", said="smtp; 554 Blocked - see https"), Cause.CONTENT),
    "Mimecast spoof": (
        report(status="5.0.0", said="smtp; 550 Anti-Spoofing policy"),
        Cause.CONTENT,
    ),
    "Mimecast nobody": (report(status="5.0.0", said="smtp; 550 Invalid Recipient"), Cause.GONE),
    "Barracuda": (report(said="smtp; 550 5.1.1 (kari@example.org:blocked)"), Cause.CONTENT),
    "delayed": (report("delayed", "4.4.1"), Cause.PASSING),
    "delivered": (report("delivered", "2.0.0"), Cause.PASSING),
    "a list over there": (report("expanded", "2.0.0"), Cause.PASSING),
    "failed with success": (report(status="2.1.5", said="smtp; 250 ok"), Cause.PASSING),
    # Who forwards has got the mail, wherever else it did not come.
    "here, not there": (report("delivered", "2.0.0", more=f"\n{OLD}"), Cause.PASSING),
    "nowhere": (report("expanded", "2.0.0", more=f"\n{OLD}"), Cause.GONE),
    # In words alone.
    "Exchange Online in words": (
        note("postmaster@example.org", "Kan ikke leveres: Lunsj", f"Returned '550 5.1.10 {M365}'"),
        Cause.GONE,
    ),
    "OpenSMTPD": (
        note(HOST, "Delivery status notification: error", f"kari@example.org: {NOBODY}"),
        Cause.GONE,
    ),
    "Mimecast in words": (
        note("postmaster@example.org", "[Postmaster] Failure", "-- 5.7.1 Spam signature"),
        Cause.CONTENT,
    ),
    "expired in words": (
        note(HOST, "Delivery Status Notification (Failure)", "smtp; 554 4.4.7 Message expired"),
        Cause.SOFT,
    ),
    "a warning in words": (note(HOST, "Could not send for 4 hours", WAITS), Cause.PASSING),
    "of a host, about nothing": (note(HOST, "Hello", "Nothing is wrong."), Cause.UNKNOWN),
    # Not of a host: whatever they quote, nobody is blamed.
    "a challenge": (note(KARI, "[Verify] Please confirm", f"Undelivered. {NOBODY}"), Cause.UNKNOWN),
    "away": (note(KARI, "Re: Lunsj", NOBODY, Auto_Submitted="auto-replied"), None),
    "moved on": (note(KARI, "Automatic reply: Lunch", "The address does not exist."), None),
    "a report passed on": (holding(report(), as_type="message/rfc822"), Cause.UNKNOWN),
    "a report's part": (holding(report(), as_type="message/delivery-status"), Cause.UNKNOWN),
    "a receipt": (
        report().replace(b"message/delivery-status", b"message/disposition-notification"),
        None,
    ),
}
