"""Which kinds of letters reach people whom others do not: suppressed addresses, and strangers."""

from typing import Final, NamedTuple

#: Letters that go to a suppressed address too: those that its owner has just asked for, and the
#: one that asks whether it works.
ALWAYS_MAILED: Final = ("person.link", "sign_in.link", "address.probe", "address_request.confirm")
#: Letters that go to people who are not of the community, or no more: they have asked
#: something, or have written to a list.
TO_ANYBODY: Final = (
    "join_request.confirm",
    "join_request.decline",
    "join_request.expire",
    "mailing_list.answer",
    "post.pass_on",
    "post.report",
)
#: Slack cards whose mail is gathered: what Slack refuses is said by dockets.py.
GATHERED: Final = ("post.hold", "post.count")


class Extent(NamedTuple):
    """How far a kind of letter goes."""

    #: Also to an address that gets no other mail.
    is_always_mailed: bool
    #: Also to whoever is not active.
    is_to_anybody: bool


def of(kind: str) -> Extent:
    """Return how far a kind of letter goes."""
    return Extent(kind in ALWAYS_MAILED, kind in TO_ANYBODY)
