"""What moderators do with a post by one press, and the house's own reasons for returning one."""

from collections.abc import Mapping
from typing import Final

from community import claims, edits, moderation, topics, withdrawals
from letters.action import Action, Input
from texts import N_

#: By the key of `moderation.CANNED`: what a moderator chooses by, and what the author reads.
CANNED: Final[Mapping[str, tuple[str, str]]] = {
    "topic": (
        N_("Not for this list"),
        N_("It is not quite what this list is for. Another list or a Slack channel may suit it."),
    ),
    "announcement": (
        N_("Belongs among the announcements"),
        N_("It is an announcement. A coordinator can send it to the right people in time."),
    ),
    "repeated": (
        N_("Was on the list a short while ago"),
        N_("The same was on the list a short while ago."),
    ),
    "long": (
        N_("Too long"),
        N_("It is long for a mail to so many. Say it in a few lines, with a link to the rest."),
    ),
    "quotes": (
        N_("Too much is quoted"),
        N_("Much of it is quoted. Keep only the lines that you answer."),
    ),
    "attachment": (
        N_("Attachment too large"),
        N_("Its attachment is large for a mail to so many. Put it somewhere and send the link."),
    ),
    "private": (
        N_("Meant for one person"),
        N_("It seems to be meant for one person. Please write to them directly."),
    ),
}

WHY: Final = Input(
    name="canned",
    kind="choice",
    label=N_("Why it goes back"),
    optional=True,
    choices=tuple((key, label) for key, (label, _) in CANNED.items()),
)
REASON: Final = Input(
    name="reason",
    kind="text",
    label=N_("In your own words (the author reads this)"),
    optional=True,
)
BAN_REASON: Final = Input(
    name="why", kind="line", label=N_("Why (only moderators read this)"), optional=True
)
SUBJECT: Final = Input(name="subject", kind="line", label=N_("New subject"))
TOPIC: Final = Input(
    name="topic",
    kind="choice",
    label=N_("Topic"),
    optional=True,
    choices=((edits.NO_TOPIC, N_("No topic")), *topics.NAMES.items()),
)

MODERATION: Final[dict[str, Action]] = {
    "post.accept": Action(
        act=moderation.accept,
        label=N_("Accept"),
        ask=N_("Send this post to everybody on the list?"),
        done=N_("Accepted. It is on its way to the list."),
        style="primary",
    ),
    "post.stop": Action(
        act=withdrawals.stop,
        label=N_("Stop it"),
        ask=N_("Stop this post before it goes out? It then waits for a moderator."),
        done=N_("Stopped. It waits for a moderator."),
        style="danger",
    ),
    "post.digest": Action(
        act=moderation.digest,
        label=N_("Into the digest"),
        ask=N_("Put this post into the next digest?"),
        done=N_("It goes into the next digest."),
    ),
    "post.return": Action(
        act=moderation.send_back,
        label=N_("Return with a reason"),
        ask=N_("Return this post to its author? Choose a reason, write your own, or both."),
        done=N_("Returned, with your reason."),
        inputs=(WHY, REASON),
    ),
    "post.discard": Action(
        act=moderation.discard,
        label=N_("Discard"),
        ask=N_("Discard this post? Its author is not told."),
        done=N_("Discarded."),
        style="danger",
    ),
    "post.trust": Action(
        act=moderation.accept_and_trust,
        label=N_("Accept and trust"),
        ask=N_("Accept this post, and let its author’s posts go out at once from now on?"),
        done=N_("Accepted. Posts of this author go out at once from now on."),
    ),
    "post.ban": Action(
        act=moderation.discard_and_ban,
        label=N_("Discard and ban"),
        ask=N_("Discard this post, and take nothing more from its address on this list?"),
        done=N_("Discarded. Nothing more is taken from this address."),
        style="danger",
        inputs=(BAN_REASON,),
    ),
    "post.edit": Action(
        act=edits.edit,
        label=N_("Change subject or topic"),
        ask=N_(
            "Give this post another subject or topic before it goes out? Its text stays as it came."
        ),
        done=N_("It is changed. The post still waits."),
        inputs=(SUBJECT, TOPIC),
        beforehand=edits.before,
    ),
    "post.claim": Action(
        act=claims.claim,
        label=N_("I’ll look at it"),
        ask=N_("Tell the other moderators that you look at this post?"),
        done=N_("The others see for half an hour that you look at it."),
    ),
    "post.reopen": Action(
        act=moderation.reopen,
        label=N_("Take it back"),
        ask=N_("Take this decision back? The post then waits for a moderator again."),
        done=N_("Taken back. The post waits again."),
    ),
}
