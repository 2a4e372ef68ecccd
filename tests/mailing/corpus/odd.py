"""Headers that are seldom and come all the same, and what machines write."""

from collections.abc import Iterator

from tests.mailing.corpus.sample import (
    AUTHOR,
    LIST,
    Entity,
    Sample,
    mail,
    text,
    word,
)

WORDS = "Kaffe på Hangaren"
_REPORT = (
    b"--r\r\n\r\nNo such user.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; nobody@example.net\r\n"
    b"Action: failed\r\nStatus: 5.1.1\r\n--r--\r\n"
)


def samples() -> Iterator[Sample]:
    """Give them all."""
    yield from _headers()
    yield from _machines()


def _headers() -> Iterator[Sample]:
    """Odd fields above plain words."""
    long_id = "x" * 240
    for name, fields in {
        "a long way": "Received: from a by b; 1 Feb 2027\r\n" * 30,
        "two Message-IDs": "Message-ID: <second@corpus.example.org>\r\n",
        "a hundred references": f"References: {'<a@x.example> ' * 100}\r\n",
        "references over lines": "References:\r\n <a@x.example>\r\n\t<b@x.example>\r\n",
        "words in In-Reply-To": "In-Reply-To: Your message of Monday <a@x.example>\r\n",
        "a long reference": f"In-Reply-To: <{long_id}@x.example>\r\n",
        "receipts asked for": f"Disposition-Notification-To: {AUTHOR}\r\nX-PMRQC: 1\r\n",
        "importance": "Importance: high\r\nX-Priority: 1 (Highest)\r\nPriority: urgent\r\n",
        "another list before": "List-Id: Others <others.example.net>\r\nList-Unsubscribe: <https://x/>\r\n",
        "another Sender": "Sender: secretary@example.org\r\nReply-To: office@example.org\r\n",
        "sent on": "Resent-From: ada.holm@example.org\r\nResent-To: wei.zhang@example.org\r\n",
        "sealed before": "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.example; s=a; b=YWJj\r\n"
        "ARC-Message-Signature: i=1; a=rsa-sha256; d=x.example; s=a; bh=YWJj; b=YWJj\r\n"
        "ARC-Authentication-Results: i=1; mx.x.example; dmarc=pass\r\n",
        "results of others": "Authentication-Results: mx.x.example; dkim=pass\r\n",
        "looked at for spam": "X-Spam-Status: No, score=-1.9\r\nX-Spam-Flag: NO\r\n",
        "a field of its own": "X-Egenskap: blåbær\r\n",
        "an empty field": "X-Empty:\r\nX-Blank: \r\n",
        "a field that goes on": "X-Long: a\r\n b\r\n\tc\r\n \r\n d\r\n",
        "two hundred others in Cc": "Cc: "
        + ",\r\n ".join(f"p{number}@example.org" for number in range(200))
        + "\r\n",
        "a group in Cc": "Cc: Friends: a@example.org, b@example.org;\r\n",
        "in confidence": "Sensitivity: Company-Confidential\r\nX-No-Archive: Yes\r\n",
        "a language": "Content-Language: nn-NO, en\r\nContent-Description: tekst\r\n",
    }.items():
        yield _plain(name, fields=fields)
    for name, subject in {
        "no signs in the subject": " ",
        "a long subject": "Blabaer " * 40,
        "a subject over lines": "one\r\n two\r\n\tthree",
        "raw letters in the subject": "Blåbær på søndag",
        "a subject of faces": word("🎉🥳🫐 til alle"),
        "a character cut in two": "=?utf-8?b?QmzD?= =?utf-8?b?pWLDpnI=?=",
        "an encoded word that never ends": "=?utf-8?q?Bl=C3=A5b",
        "an unknown set in the subject": "=?x-unknown?q?Bl=E5b=E6r?=",
        "a subject in quotes": '"Blabaer" <tur@x.example>',
        "many answers": "SV: Re: Fwd: SV: VS: Blabaer",
        "a subject of marks": "<!channel> & <b>Blabaer</b> *now*",
    }.items():
        yield _plain(name, subject=subject)
    for name, who in {
        "an address alone": AUTHOR,
        "a name with a comma": f'"Zhang, Wei" <{AUTHOR}>',
        "a name with a comma and no quotes": f"Zhang, Wei <{AUTHOR}>",
        "a remark for a name": f"{AUTHOR} (Wei Zhang)",
        "a raw name": f"Åse Ødegård <{AUTHOR}>",
        "a name in quotes within": f'"Wei \\"W\\" Zhang" <{AUTHOR}>',
        "an encoded name in quotes": f'"=?utf-8?q?=C3=85se?=" <{AUTHOR}>',
        "a local part in quotes": '"wei zhang"@example.org',
        "a domain of other letters": "Wei <wei@xn--blbrtur-dxa0p.example>",
        "two authors": f"{AUTHOR}, ada.holm@example.org",
        "no address": "Wei Zhang",
    }.items():
        yield _plain(name, who=who)


def _plain(name: str, *, fields: str = "", subject: str = "", who: str = "") -> Sample:
    raw = mail(name, text(f"{WORDS}\r\n"), subject=subject, fields=fields, who=who)
    return Sample(name=name, raw=raw, words=WORDS)


def _machines() -> Iterator[Sample]:
    """What no person wrote, or what was on the list before: it never reaches the list."""
    report = Entity(
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n',
        body=_REPORT,
    )
    said = text(f"{WORDS}\r\n")
    for name, fields, sender in (
        ("an answer from away", "Auto-Submitted: auto-replied\r\n", AUTHOR),
        ("Exchange's answer from away", "X-Auto-Response-Suppress: All\r\n", AUTHOR),
        ("a mass mail", "Precedence: bulk\r\n", AUTHOR),
        ("an old program's answer", "X-Autoreply: yes\r\n", AUTHOR),
        ("nobody's mail", "", ""),
        ("our own mail", f"List-Id: <{LIST.replace('@', '.')}>\r\n", AUTHOR),
    ):
        raw = mail(name, said, fields=fields)
        yield Sample(name=name, raw=raw, words=WORDS, ends="discarded", sender=sender)
    for name, sender in (("a report", ""), ("a report that somebody sends on", AUTHOR)):
        yield Sample(
            name=name,
            raw=mail(name, report),
            words="No such user.",
            ends="discarded",
            sender=sender,
        )
