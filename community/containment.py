"""Reply containment: when a thread goes on for those who write in it or follow it, and no others.

Pure: a policy and how far a thread has come in, yes or no out. `releases.leave` asks when a post
leaves, the rules when it comes, a rehearsal for posts that came long ago.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from community.errors import N_
from community.policies import Policy

#: For the rules page; placeholders are policy keys.
LAW = N_(
    "Answers go to everybody until a thread has had {replies_to_all:answer|answers} or is "
    "{hours_to_all:hour|hours} old. Then it goes on for those who write in it or follow it, and "
    "the others get a line in their digest, with a link to follow it. Who began a thread reaches "
    "everybody also after that time."
)


class Reach(StrEnum):
    """How far the answers of a thread reach."""

    #: As the policy says.
    POLICY = ""
    #: A moderator wants everybody to get them.
    ALL = "all"
    #: A moderator wants them to stay among those who write in the thread or follow it.
    FOLLOWERS = "followers"


@dataclass(frozen=True, kw_only=True)
class SoFar:
    """How far a thread has come before one of its posts."""

    #: How many of its posts have gone out.
    gone: int
    #: When the first of them went out; None before that.
    since: datetime | None
    #: Whether the post is by who began the thread.
    is_own: bool = False
    reach: Reach = Reach.POLICY


def is_contained(policy: Policy, thread: SoFar, *, now: datetime) -> bool:
    """Say whether a post goes to those who write in its thread or follow it, and not to all.

    The first post of a thread never does. Who began it reaches everybody after any time: a seminar
    that was announced a week ago may be moved today.
    """
    if thread.gone == 0 or thread.reach is Reach.ALL:
        return False
    answers = thread.gone - 1
    if thread.reach is Reach.FOLLOWERS or answers >= policy.replies_to_all:
        return True
    if thread.since is None or thread.is_own:
        return False
    return now - thread.since >= timedelta(hours=policy.hours_to_all)
