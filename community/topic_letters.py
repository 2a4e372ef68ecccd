"""Whether the letter about an accepted post says how to say a topic: to each author once."""

from typing import Final

from sqlalchemy.orm import Session

from community import tellings
from community.policies import Policy

#: The detail of the letter that says so.
ASKS: Final = "topic"


def word(
    session: Session, policy: Policy, topic: str, *, is_reply: bool, author_id: int | None
) -> str:
    """Return the detail of the letter about a post: `ASKS` if it says how to say a topic.

    So it does where a list asks for topics, and one begins a thread without who never heard of it.
    """
    if policy.topics != "ask" or is_reply or topic:
        return ""
    return "" if tellings.has_heard(session, author_id, "post.accept", ASKS) else ASKS
