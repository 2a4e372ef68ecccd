"""The words of a list's monthly letter: in both languages, for it is one mail to all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from community.house_posts import HouseMail
from community.lists import MailingList
from community.monthly_letters import Month
from community.posting_rules import BY_NAME
from letters import mails
from letters.join_requests import owner
from letters.mails import PlainMail
from texts import LANGUAGES, Language, month, number, say, say_many

_HOUR: Final = timedelta(hours=1)
#: Not two hyphens: programs take what stands below them for a signature, and hide it.
_BETWEEN: Final = "\n\n* * *\n\n"
#: From so many on, a tenth of a mail says nothing.
_MANY: Final = 10


def write(a_list: MailingList, found: Month, now: datetime) -> HouseMail:
    """Write the letter about one month, to be sent to the list as a mail."""
    # Every post has the list's name before its subject.
    subject = " / ".join(_title(tongue, found) for tongue in LANGUAGES)
    text = _BETWEEN.join(in_words(tongue, a_list, found) for tongue in LANGUAGES)
    domain = a_list.address.partition("@")[2]
    message_id = f"<month.{found.begins_on:%Y-%m}.{a_list.id}@{domain}>"
    raw = mails.write(
        PlainMail(
            author_name=" ".join(a_list.name.split()),
            author_email=a_list.address,
            to=a_list.address,
            subject=" ".join(subject.split()),
            at=now,
            message_id=message_id,
            answered_at=owner(a_list.address),
            is_automatic=True,
            text=text,
        )
    )
    return HouseMail(raw=raw, message_id=message_id, subject=subject, text=text)


def in_words(tongue: Language, a_list: MailingList, found: Month) -> str:
    """Say in one language what a month was like."""
    when = month(tongue, found.begins_on)
    opening = say(tongue, "{list} in {month}:", list=a_list.name, month=when)
    # Lines are left long: a phone that has to break broken lines makes a comb of them.
    lines = (f"- {line}" for line in (*_carried(tongue, found), *_waited(tongue, a_list, found)))
    closing = say(
        tongue,
        "This letter comes once a month, from the list itself. Nobody counts what you read or "
        "write. Whoever coordinates the list can switch it off.",
    )
    return "\n".join((opening, *lines, "", closing))


def _title(tongue: Language, found: Month) -> str:
    return say(tongue, "Monthly letter, {month}", month=month(tongue, found.begins_on))


def _carried(tongue: Language, found: Month) -> Iterator[str]:
    posts = say_many(tongue, "{n} post", "{n} posts", found.posts)
    threads = say_many(tongue, "{n} thread", "{n} threads", found.threads)
    yield say(tongue, "{posts} in {threads}", posts=posts, threads=threads)
    mails = found.mails_per_member
    shown = round(mails, 1 if mails < _MANY else 0)
    yield say(tongue, "{mails:mail|mails} to each member, a digest counted as one", mails=shown)
    if found.by_digest:
        share = number(tongue, round(100 * found.digest_share))
        yield say(tongue, "{share} % of what members got came in a digest", share=share)


def _waited(tongue: Language, a_list: MailingList, found: Month) -> Iterator[str]:
    if found.held:
        held = say_many(
            tongue,
            "{n} post waited for a moderator",
            "{n} posts waited for a moderator",
            found.held,
        )
        yield held + _half(tongue, found)
    rule = BY_NAME.get(found.rule)
    if rule is not None:
        yield say(
            tongue,
            "the rule that spoke most often ({times}): {rule}",
            times=say_many(tongue, "{n} time", "{n} times", found.rule_count),
            rule=say(tongue, rule.law or rule.because, **a_list.policy.values()),
        )


def _half(tongue: Language, found: Month) -> str:
    if found.median_hold is None:
        return ""
    return ", " + say(
        tongue, "half of them no longer than {span}", span=_span(tongue, found.median_hold)
    )


def _span(tongue: Language, span: timedelta) -> str:
    if span < 2 * _HOUR:
        return say_many(
            tongue, "{n} minute", "{n} minutes", max(1, round(span.total_seconds() / 60))
        )
    return say_many(tongue, "{n} hour", "{n} hours", round(span / _HOUR))
