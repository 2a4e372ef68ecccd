"""The policy of a list: how it is kept quiet, and how its posts leave.

Each key has a default that suits a list of postdocs, and a reader in the code.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from community.errors import Refusal
from community.repeats import MOST

CHOICES: dict[str, tuple[str, ...]] = {
    "banned": ("reject", "discard"),
    "nonmembers": ("hold", "reject", "forward"),
    "emergency": ("off", "on"),
    "unaddressed": ("accept", "hold", "return"),
    "no_subject": ("return", "hold", "accept"),
    "topics": ("off", "ask", "hold"),
    "administrivia": ("answer", "post"),
    "thanks": ("author", "list"),
    "unproved": ("hold", "accept"),
    "join": ("open", "confirm", "approve"),
    "guests": ("approve", "accept", "reject"),
    "guests_write": ("usual", "hold", "reject"),
    "mentors_write": ("usual", "hold", "reject"),
    "hold_outcome": ("digest", "accept", "return", "discard"),
    "from_munging": ("never", "dmarc", "always"),
    "reply_to": ("author", "list"),
    "copies": ("personal", "together"),
    "footer": ("off", "en", "nb", "both"),
    "monthly_letter": ("on", "off"),
}
#: What is written in people's own words: one line.
WORDS = ("footer_words", "refused_attachments", "suspect_headers", "moderators_channel")
MOST_SIGNS = 200
#: How Slack's ids of channels look.
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
#: Where a count may not be anything from 0 to 10,000.
BOUNDS: dict[str, tuple[int, int]] = {
    "recipients_per_mail": (2, 500),
    "repeats": (0, MOST),
}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a list is kept quiet; every key is read by a rule below or by what follows from it."""

    #: How many first posts of a newcomer wait for a moderator; 0 = none.
    newcomer_posts: int = 1
    #: New threads a day that go out at once; later ones go into the digest.
    threads_per_day: int = 4
    #: Mails a week that each member gets at once; later ones go into the digest.
    mails_per_member_per_week: int = 10
    #: New threads of one member in seven days that go out at once; later ones go into the digest.
    posts_per_member_per_week: int = 5
    #: Answers of one member in seven days that go out at once; later ones go into the digest.
    replies_per_member_per_week: int = 20
    #: Answers in a thread that everybody gets; later ones stay among those in it.
    replies_to_all: int = 4
    #: Hours after which a thread stays among those in it.
    hours_to_all: int = 72
    #: What happens to a post by somebody who is banned: reject (their own mail server tells them)
    #: or discard, without a word. No mail goes back in either case.
    banned: str = "reject"
    #: What happens to a post by somebody who is not on the list: hold, reject, or forward to the
    #: coordinators alone.
    nonmembers: str = "hold"
    #: Hours of working time that a post waits for a moderator.
    hold_hours: int = 24
    #: What happens to a post that nobody decided in time: digest, accept, return or discard.
    hold_outcome: str = "digest"
    #: What happens to a post that may be sent in another's name: hold or accept. Where nobody
    #: checks (no `authserv_id`), nothing is held for it.
    unproved: str = "hold"
    #: How people of the community join: at once, after a confirmation where they ask by mail, or by
    #: a moderator's word.
    join: str = "open"
    #: What happens when somebody from outside asks to join and confirms it: a moderator decides,
    #: they are on the list, or they are told that they cannot.
    guests: str = "approve"
    #: How far their posts are trusted from the day they join: as everybody's, each waits, or they
    #: only read (a `Trust`).
    guests_write: str = "usual"
    #: Posts of people who are mentors and nothing besides: as everybody's, each waits, or they only
    #: read. Whom a moderator trusts writes as everybody.
    mentors_write: str = "usual"
    #: Whether every post waits for a moderator: on or off.
    emergency: str = "off"
    #: Thousands of octets of the largest mail that goes out; 0 = any.
    max_kilobytes: int = 2000
    #: Thousands of octets of the largest file in a mail; 0 = any.
    attachment_kilobytes: int = 1000
    #: The endings of files that are given back, with blanks between; empty for none.
    refused_attachments: str = (
        "exe com bat cmd scr pif js jse vbs vbe wsf hta msi jar ps1 lnk iso img docm xlsm pptm"
    )
    #: In To and Cc of a post together; one with more waits for a moderator. 0 = any number.
    most_recipients: int = 10
    #: What happens to a post that names no list in To or Cc: hold, return or accept. Only members’
    #: posts come so far, and some write to a list in Bcc to spare others the answers.
    unaddressed: str = "accept"
    #: What happens to a new thread without a subject: return, hold or accept.
    no_subject: str = "return"
    #: Whether a new thread has to say its topic in its subject: nobody is told, its author is told
    #: once, or it waits for a moderator. The marks are read in any case.
    topics: str = "off"
    #: What happens to a wish to leave, or for help, that was sent to the list: its author alone is
    #: answered, or it is posted.
    administrivia: str = "answer"
    #: Headers with which a post waits, with semicolons between; * is any text.
    suspect_headers: str = "X-Spam-Flag: yes*; X-Spam: yes*; X-Spam-Status: yes*"
    #: Who gets an answer that says thanks and no more: the author of what it answers, or the list.
    thanks: str = "author"
    #: More quoted lines than these, and few besides, go back to their author; 0 = any number.
    quoted_lines: int = 100
    #: A post to more lists of this house at once waits; 0 = any number.
    lists_at_once: int = 3
    #: What came so often within ten minutes, in the same words, waits if it comes again; 0 = never.
    repeats: int = 2
    #: Seconds that an accepted post waits before it goes out, in which its author can withdraw it
    #: and a moderator stop it; 0 = none.
    grace_seconds: int = 120
    #: Whose posts leave with the list in From and the author in Reply-To: nobody's, of those whose
    #: domain would have them refused otherwise (DMARC), or everybody's.
    from_munging: str = "dmarc"
    #: Where an answer goes by itself: to the author, or to the whole list.
    reply_to: str = "author"
    #: A mail of their own for each member, with their own way out, or one for many: less to send,
    #: and what comes back of it counts for nobody.
    copies: str = "personal"
    #: To how many members one mail goes where they get it together.
    recipients_per_mail: int = 50

    #: The Slack channel in which its moderators decide, by its id (`C…`); empty: each has direct
    #: messages.
    moderators_channel: str = ""

    #: Days that a post stays in the archive; 0 = for ever.
    keep_days: int = 0
    #: Days that a post is kept which was not let in (returned, discarded, withdrawn); 0 = for ever.
    keep_refused_days: int = 90

    #: In which language a few lines stand below each post: what it is, and the way to all choices.
    footer: str = "both"
    #: The list's own words there; empty for the house's.
    footer_words: str = ""
    #: Whether the list gets a letter a month about what it carried.
    monthly_letter: str = "on"

    @property
    def together(self) -> int:
        """Return how many members share one mail; 1 where each gets their own."""
        return self.recipients_per_mail if self.copies == "together" else 1

    def changed(self, changes: Iterable[str]) -> "Policy":
        """Return the policy with `key=value` changes; refuse with what is possible."""
        known = [each.name for each in fields(Policy)]
        values: dict[str, str | int] = {}
        for change in changes:
            key, _, value = (part.strip() for part in change.partition("="))
            if key not in known:
                raise Refusal(
                    "There is no setting “{key}”. There is: {known}.",
                    key=key,
                    known=", ".join(known),
                )
            read = _choice if key in CHOICES else _words if key in WORDS else _count
            values[key] = read(key, value)
        return replace(self, **values)  # type: ignore[arg-type]  # each value was read for its key

    def values(self) -> dict[str, str | int]:
        """Return every key with its value, also to fill the words of the rules."""
        return vars(self).copy()  # asdict looks into each value, for every mail

    def differences(self) -> dict[str, str | int]:
        """Return what differs from the default policy."""
        usual = Policy().values()
        return {key: value for key, value in self.values().items() if value != usual[key]}


def _choice(key: str, value: str) -> str:
    if value not in CHOICES[key]:
        raise Refusal(
            "{key} can be: {choices}. “{value}” is none of them.",
            key=key,
            choices=", ".join(CHOICES[key]),
            value=value,
        )
    return value


def _words(key: str, value: str) -> str:
    if key == "moderators_channel" and value and not CHANNEL.fullmatch(value):
        raise Refusal("“{value}” is no Slack channel’s id, such as C0123456789.", value=value)
    if len(value) > MOST_SIGNS or not value.isprintable():
        raise Refusal(
            "{key} takes one line of at most {most} signs.", key=key, most=str(MOST_SIGNS)
        )
    return value


def _count(key: str, value: str) -> int:
    least, most = BOUNDS.get(key, (0, 10_000))
    is_number = value.isascii() and value.isdigit() and len(value) <= 5
    if not (is_number and least <= int(value) <= most):
        raise Refusal(
            "{key} takes a whole number from {least} to {most}, such as {key}=3. "
            "“{value}” is none.",
            key=key,
            least=str(least),
            most=str(most),
            value=value,
        )
    return int(value)
