"""Why a mail came back: one report in, one cause out. Pure, and the same for every door.

A report in an SMTP answer, a delivery report (RFC 3464) and a complaint (RFC 5965) end here. What
follows for the address is decided in `weighing.py`. In doubt a cause is one that hurts nobody.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """Why a mail came back; the later ones weigh more, so that one report can correct another."""

    #: It only waits, or it did arrive: no bounce at all.
    PASSING = "passing"
    #: Something came back that nobody can read; kept and shown, never scored.
    UNKNOWN = "unknown"
    #: This mail or our own relay was not wanted, or nobody said why: never the member's fault.
    CONTENT = "content"
    #: The mailbox is full, or its host is ill.
    SOFT = "soft"
    #: The address does not exist any more.
    GONE = "gone"
    #: The reader has called it spam.
    COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a host says about a mail that it got from us."""

    #: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3); complaint or feedback
    #: (RFC 5965); empty when nobody can read what came back.
    action: str
    #: Three numbers (RFC 3463), such as 5.1.1; empty if none was given.
    status: str
    #: The far host's own words, in one line; empty if it said none.
    diagnostic: str
    #: The address that it is about, as it would be stored; empty if it names none.
    about: str = ""


#: Not a piece of an IP address, which diagnostics are full of.
STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")

_CODE = re.compile(r"([45]\d\d)(?=[ -]|$)")
# The names of addresses, links and hosts say nothing: spam@example.org may be unknown too.
_NAMES = re.compile(
    r"[^\s<>()\[\]:;,\"']*@[\w.-]*|https?:\S*"
    r"|[\w-]+(\.[\w-]+)+\.? ?\[[0-9a-f]*[.:][0-9a-f.:]+\](:\d+)?"
)
# But for links to where a mail server is taken off a list.
_LISTED = re.compile(r"https?:\S*(spamhaus|spamcop|sorbs|dnsbl|rbl|block|delist|[?&]ip=)")
# Words about us or about this one mail. Many hosts give them with 5.1.1, or with no status.
_OURS = re.compile(
    r"spam|\b(junk|(block|black|deny|grey|gray)[- ]?list(ed|ing)?|blocked|banned|dnsbl|rbl|sorbs"
    r"|barracuda|dmarc|spf|dkim|reputation|virus|malware|phishing|unsolicited|ube|suspicious"
    r"|unauthenticated|polic(y|ies)|complaints|filtered|attachments?|headers?|content"
    r"|((e-?)?mail|message) (was )?(rejected|refused|denied|not accepted)|mail rejet[eé]"
    r"|(message|line) (size|length|limit)|too (large|big|many (recipients|messages|connections))"
    # Who sends: its name, its address, how fast it is.
    r"|sender|sending|from: domain|purported|client host|host (network )?not allowed"
    r"|reverse dns|rdns|ptr|name lookup failed|(?<!the )(helo|ehlo)|starttls"
    r"|relay(ing)? (access )?denied|unable to relay|relay quota|submission"
    r"|authentication (required|failed)"
    r"|rate[- ]limit(ed)?|frequency|throttl(ed|ing)|volume|protocol (violation|error)|syntax error"
    r"|not implemented|improper|søppelpost|avsender\w*|blokkert|svarteliste\w*)\b"
)
_FULL = re.compile(
    r"\b((mailbox|inbox|mail ?folder|account) (is |was )?(full|exceeds?\b.*)|mailbox size"
    r"|full mailbox|over[- ]?(the )?(disk |allowed )?quota|(user)?disk ?(space )?quota"
    r"|(quota|storage|limit) (usage )?(has been |is |was )?exceeded|quotaexceeded\w*"
    r"|quota violation|exceed(s|ed|ing)? .*(quota|storage|limits?|allocation)"
    r"|out of (storage|space|disk)"
    r"|(insufficient|not enough|not sufficient|no) (system |disk )?(storage|space)|disk (is )?full"
    r"|(postboks|innboks|postkasse)\w* (er )?full|postfach voll)\b"
)
_NOBODY = re.compile(
    r"\b(user unknown|(un|not )known (user|recipient|address|mailbox|local)|unknown (or illegal )?"
    r"(user|recipient|address|alias|mailbox|local)|not a (known|valid|registered)|no such (user"
    r"|mailbox|recipient|address|person|account)|no mailbox here|(user|mailbox|account|alias"
    r"|recipient|address)\b.{0,60} (not|doesn't|doesn’t) exist|(mailbox|recipient|address|user"
    r"|account) (name )?(is |was |wasn't |wasn’t |could |couldn't |couldn’t )?(not )?(be )?"
    r"(found|recognized|unknown)|(mailbox|recipient|address|user) (is )?not known"
    r"|no one at this address|non[- ]?existent (user|mailbox)"
    r"|recip(ient)?notfound|invalid (recipient|mailbox|address|user)"
    # Postfix begins each of its refusals so; what follows says why.
    r"|address rejected(?! ?:)|address(es)? rejected ?: access denied"
    r"|(account|mailbox|address) (is |has been )?(disabled|inactive|closed|deactivated)"
    r"|doesn't have an? .{0,60} account|possibly incorrect|no longer (on|available|valid|in use)"
    r"|not our (user|customer)|not listed in|unrouteable address|finnes ikke|ikke funnet"
    r"|ukjent (bruker|mottaker|adresse)|finns inte|okänd (användare|mottagare)|findes ikke"
    r"|ukendt (bruger|modtager)|(empfänger|benutzer) unbekannt|destinataire invalide)\b"
)
#: Of a host or a network, rather than of an address.
_ILL = re.compile(
    r"\b(timed?[ -]?out|connect(ion|ed|ing)?|un?reachable|not reachable|respond(ing)?|no route"
    r"|host (or domain name )?(not found|unknown)|name serv(er|ice)|dns|mx record|mail exchanger"
    r"|no such domain|domain (name )?(not found|unknown)|invalid domain|hop count|too many hops"
    r"|loop|temporar(y|ily)|try again|expired|retr(y|ies)|queue|frozen|locked"
    r"|failing for a long time|unavailable|utilgjengelig|midlertidig)\b"
)
#: Gmail answers 5.2.1 to an account that is gone, and to one that gets too much at the moment.
_BUSY = re.compile(r"\breceiving (mail|email) (at a rate|too quickly)")

#: Under it Microsoft 365 has a name of its own for each house, and reports by that.
_TENANT: Final = ["onmicrosoft", "com"]
#: How a host's answer begins, which another host tells of.
_ANSWER = re.compile(r"(?<![\w.])5\d\d[ -](?=\D)")

#: The numbers that say what they mean (RFC 3463 §3 and what Microsoft adds). Those that mean
#: anything, such as 5.1.0, are judged by the words beside them.
_EXACT: Final = {
    **dict.fromkeys(("5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"), Cause.GONE),
    **dict.fromkeys(("5.1.351", "5.2.1"), Cause.GONE),
    # Of the *sender*: its mailbox, its domain, who it says it is, how much it has sent.
    **dict.fromkeys(("5.1.7", "5.1.8", "5.1.20", "5.1.90"), Cause.CONTENT),
    **dict.fromkeys(("5.2.121", "5.2.122"), Cause.CONTENT),
    "5.2.2": Cause.SOFT,
    # Longer than this mailbox, or this host, takes.
    **dict.fromkeys(("5.2.3", "5.3.4"), Cause.CONTENT),
}


def cause_of(report: Report, *, to: str = "") -> Cause:
    """Say why a mail to an address came back: by the words that clear its reader, then by number.

    What came no further than by the reader's own forwarding did arrive; nobody can tell whether
    they keep a copy.

    Source: RFC 3463 §3 for the numbers; the words were seen in the wild.
    """
    if report.action == "complaint":
        return Cause.COMPLAINT
    if report.action == "":
        return Cause.UNKNOWN
    has_arrived = report.status.startswith("2.") or _is_forwarded(report.about, to)
    if report.action != "failed" or has_arrived:
        return Cause.PASSING
    said = report.diagnostic.casefold()
    words = _NAMES.sub(" ", said)
    # One host tells of another's answer with a number of its own.
    is_security = any(
        number.partition(".")[2].startswith("7.")
        for number in (report.status, *STATUS.findall(report.diagnostic))
    )
    if is_security or _OURS.search(words) or _LISTED.search(said):
        return Cause.CONTENT
    if report.status.startswith("4.") or _BUSY.search(words) or _FULL.search(words):
        return Cause.SOFT
    exact = None if _is_made_up(report) else _EXACT.get(report.status)
    return exact or _by_words(report.status, words)


def _is_made_up(report: Report) -> bool:
    """Tell whether a host's answer had no number, and who tells of it gave it one.

    Sendmail gives 5.1.1 to each 550.
    """
    has_none = STATUS.search(report.diagnostic) is None
    return report.status == "5.1.1" and has_none and _ANSWER.search(report.diagnostic) is not None


def _is_forwarded(about: str, to: str) -> bool:
    """Tell whether a mail went on to another house: within one, addresses have many names."""
    here, there = (address.rpartition("@")[2].split(".")[-2:] for address in (to, about))
    return "" not in (about, to) and there not in (here, _TENANT)


def _by_words(status: str, words: str) -> Cause:
    """Judge by the words where the number can mean anything.

    Whom nothing speaks against is not blamed: many words for a block list are not known to us.
    """
    if _NOBODY.search(words):  # M365 answers 5.4.1 to whoever it does not know, Hotmail 5.5.0
        return Cause.GONE
    is_about_us = status.startswith(("5.5.", "5.6."))  # how we spoke, or what
    if not is_about_us and (status.startswith(("5.3.", "5.4.")) or _ILL.search(words)):
        return Cause.SOFT
    return Cause.CONTENT


def refusal(words: str) -> Report | None:
    """Read the answer with which the relay refused a mail; None if it is no SMTP answer.

    A mail that was given up for want of a relay, or in doubt, says nothing about its reader.
    """
    code = _CODE.match(words)
    if code is None:
        return None
    stated = STATUS.search(words)
    if stated is not None:
        status = stated.group(1)
    elif code.group(1) == "552":  # RFC 5321 §4.2.3: out of storage
        status = "5.2.2"
    else:
        status = f"{words[0]}.0.0"
    return Report(action="failed", status=status, diagnostic=" ".join(words.split())[:500])
