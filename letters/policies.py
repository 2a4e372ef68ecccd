"""The words of a policy: what each key means and each choice does, in groups as people set them.

For the form, the file and the command; a test keeps every key here.
"""

from collections.abc import Mapping
from typing import Final

from community.policies import CHOICES
from texts import N_, Language, say

#: What each key of a policy means, by the heading under which it stands.
GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    N_("Who may write"): {
        "nonmembers": N_("What happens to a post by somebody who is not on the list."),
        "banned": N_(
            "What happens to a post by somebody who is banned; nothing is ever mailed back."
        ),
        "unproved": N_("What happens to a post that may be sent in another's name."),
        "newcomer_posts": N_("First posts of a newcomer that wait for a moderator; 0 = none."),
        "join": N_(
            "How people of the community join: at once, after a confirmation where they ask by "
            "mail, or by a moderator’s word."
        ),
        "guests": N_(
            "Who asks from outside the community and confirms it: a moderator decides, they are "
            "on the list as guests, or they cannot join."
        ),
        "guests_write": N_("Posts of such guests: as everybody’s, each waits, or they only read."),
        "mentors_write": N_(
            "Posts of mentors who are not members too: as everybody’s, each waits, or they only "
            "read."
        ),
        "emergency": N_("Whether every post waits for a moderator, for the time being."),
    },
    N_("What a mail may bring"): {
        "max_kilobytes": N_("Thousands of octets of the largest mail that goes out; 0 = any."),
        "attachment_kilobytes": N_("Thousands of octets of the largest file in a mail; 0 = any."),
        "refused_attachments": N_("Endings of files that are given back, with blanks between."),
        "most_recipients": N_(
            "In To and Cc of a post together; one with more waits for a moderator. 0 = any number."
        ),
        "unaddressed": N_("What happens to a post that does not name the list in To or Cc."),
        "no_subject": N_("What happens to a new thread without a subject."),
        "topics": N_(
            "Whether a new thread has to say its topic in its subject, such as [job]; what happens "
            "to one that does not."
        ),
        "suspect_headers": N_(
            "Headers with which a post waits, with semicolons between; * is any text."
        ),
    },
    N_("What concerns everybody"): {
        "administrivia": N_(
            "Whether a wish to leave, or for help, that was sent to the list is answered alone, or "
            "posted."
        ),
        "thanks": N_("Who gets an answer that says thanks and no more."),
        "quoted_lines": N_(
            "More quoted lines than these, and few besides, go back to their author; "
            "0 = any number."
        ),
        "lists_at_once": N_("A post to more lists of this house at once waits; 0 = any number."),
        "repeats": N_(
            "A post whose words came so often within ten minutes already waits; 0 = any number."
        ),
    },
    N_("How much goes out at once"): {
        "threads_per_day": N_(
            "New threads a day that go out at once; later ones go into the digest."
        ),
        "mails_per_member_per_week": N_(
            "Mails a week that each member gets at once; later ones go into the digest."
        ),
        "posts_per_member_per_week": N_(
            "New threads of one member in seven days that go out at once; later ones go into the "
            "digest."
        ),
        "replies_per_member_per_week": N_(
            "Answers of one member in seven days that go out at once; later ones go into the "
            "digest."
        ),
        "replies_to_all": N_(
            "Answers in a thread that everybody gets; later ones go to those who write in it or "
            "follow it."
        ),
        "hours_to_all": N_(
            "Hours after which a thread goes on for those who write in it or follow it alone."
        ),
    },
    N_("When a post waits"): {
        "hold_hours": N_("Hours of working time that a post waits for a moderator."),
        "hold_outcome": N_("What happens to a post that nobody decided in time."),
        "moderators_channel": N_(
            "The Slack channel in which its moderators decide, by its id; empty: each has direct "
            "messages."
        ),
        "grace_seconds": N_(
            "Seconds in which an accepted post can still be withdrawn or stopped; 0 = none."
        ),
    },
    N_("How posts leave"): {
        "from_munging": N_(
            "Whose posts leave with the list in From and the author in Reply-To: nobody’s, of "
            "those whose domain would have them refused otherwise (DMARC), or everybody’s."
        ),
        "reply_to": N_("Where an answer goes by itself: to the author, or to the whole list."),
        "copies": N_(
            "Whether each member gets a mail of their own, with their own way out, or many share "
            "one: then what comes back later counts for nobody."
        ),
        "recipients_per_mail": N_("How many share one mail, where they do; 2 to 500."),
        "footer": N_(
            "In which language a few lines stand below each post, with the way to all choices."
        ),
        "footer_words": N_("The list’s own words there; empty for the house’s."),
    },
    N_("What is kept and told"): {
        "monthly_letter": N_("Whether the list gets a letter a month about what it carried."),
        "keep_days": N_("Days that a post stays in the archive; 0 = for ever."),
        "keep_refused_days": N_(
            "Days that a post is kept which was not let in: returned, discarded or withdrawn; "
            "0 = for ever."
        ),
    },
}
MEANINGS: Final[Mapping[str, str]] = {
    key: meaning for group in GROUPS.values() for key, meaning in group.items()
}
#: What a choice does, in words that fit every key that has it.
_CHOSEN: Final[Mapping[str, str]] = {
    "hold": N_("wait for a moderator"),
    "reject": N_("refuse, so that their mail server tells them"),
    "forward": N_("send on to the coordinators alone"),
    "discard": N_("drop without a word"),
    "digest": N_("put into the next digest"),
    "return": N_("give back to the author"),
    "accept": N_("let out"),
    "usual": N_("as everybody’s"),
    "on": N_("yes"),
    "off": N_("no"),
    "open": N_("at once"),
    "confirm": N_("after a confirmation"),
    "approve": N_("a moderator decides"),
    "ask": N_("let out, and tell its author once how to do it"),
    "answer": N_("answer alone"),
    "post": N_("post to the list"),
    "author": N_("the author"),
    "list": N_("the whole list"),
    "never": N_("nobody’s"),
    "dmarc": N_("those that would be refused"),
    "always": N_("everybody’s"),
    "personal": N_("a mail of their own"),
    "together": N_("many share one"),
    "en": N_("in English"),
    "nb": N_("in Norwegian"),
    "both": N_("in both languages"),
}


def chosen(tongue: Language, value: str) -> str:
    """Say what a choice does; one that has no words stands for itself."""
    return say(tongue, _CHOSEN[value]) if value in _CHOSEN else value


def choices(tongue: Language, key: str) -> list[tuple[str, str]]:
    """Return the choices of a key and what each does."""
    return [(value, chosen(tongue, value)) for value in CHOICES.get(key, ())]
