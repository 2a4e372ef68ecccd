"""What a thread is about, as its author marks it in the subject: `[job] A position in Tromsø`.

Pure. Read from the decoded subject of every mail, so in time linear to it. Labels are values like
the tags of fields: English and Norwegian ones are the same everywhere, whoever reads them.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from community.errors import N_


class Topic(StrEnum):
    """What a thread is about."""

    EVENT = "event"
    JOB = "job"
    FUNDING = "funding"
    QUESTION = "question"
    SOCIAL = "social"


#: What each is called on pages and in mails.
NAMES: Final[Mapping[Topic, str]] = {
    Topic.EVENT: N_("Event"),
    Topic.JOB: N_("Job"),
    Topic.FUNDING: N_("Funding"),
    Topic.QUESTION: N_("Question"),
    Topic.SOCIAL: N_("Social"),
}
#: What stands in brackets: the English label, the Norwegian, then what people write instead.
LABELS: Final[Mapping[Topic, tuple[str, ...]]] = {
    topic: tuple(words.split())
    for topic, words in {
        Topic.EVENT: "event arrangement events arrangementer seminar kurs course workshop talk",
        Topic.JOB: "job jobb jobs jobber stilling stillinger position positions vacancy",
        Topic.FUNDING: "funding midler finansiering utlysning utlysninger grant grants",
        Topic.QUESTION: "question spørsmål questions sporsmal spoersmaal q help hjelp",
        Topic.SOCIAL: "social sosialt socials sosial",
    }.items()
}
#: For the rules page.
LAW: Final = N_(
    "Each reader may have the posts of a topic at once, in a digest, or not at all. The subject of "
    "a new thread says its topic by what it begins with: [event], [job], [funding], [question] or "
    "[social]. Answers have the topic of their thread."
)
#: For authors who have not said it.
INSTEAD: Final = N_(
    "Begin the subject with [event], [job], [funding], [question] or [social], so that everybody "
    "gets it in the way they have chosen."
)
_BY_LABEL: Final = {label: topic for topic, labels in LABELS.items() for label in labels}
#: A reply or forward mark, or something in brackets, in front of a subject.
_IN_FRONT: Final = re.compile(
    r"\s*(?:(?:re|aw|sv|vs|svar|fwd?|vb)(?:\[\d{1,3}\])?\s*:|\[([^\[\]]{1,80})\])", re.IGNORECASE
)


def read(subject: str) -> Topic | None:
    """Return the topic that a subject is marked with, or None.

    The first label that we know counts, wherever it stands in front: after `Re:`, the list's own
    name in brackets, and others. Brackets that we do not know say nothing.
    """
    at = 0
    while (found := _IN_FRONT.match(subject, at)) is not None:
        topic = named(found[1] or "")
        if topic is not None:
            return topic
        at = found.end()
    return None


def named(word: str) -> Topic | None:
    """Return the topic that a word stands for, in either language; None for any other word."""
    return _BY_LABEL.get(unicodedata.normalize("NFC", word).strip().casefold())


def label(topic: Topic, language: str) -> str:
    """Return what somebody who writes in this language puts before the subject: `[job]`."""
    return f"[{LABELS[topic][1 if language == 'nb' else 0]}]"
