"""The posting rules that look at what a post does in the talk: does it concern everybody?

Each says what becomes of a post, or nothing. Their order is in `posting_rules.py`.
"""

from community.cases import Case, Decision, Rule
from community.errors import N_
from community.rules_of_people import is_private


def administrivia(case: Case) -> Decision | None:
    """Answer a wish to leave or for help privately; it was never meant for everybody."""
    return Decision.RETURN if is_private(case) else None


def thanks(case: Case) -> Decision | None:
    """Forward thanks and me-too to whom they are said."""
    return Decision.FORWARD if case.post.is_thanks and case.policy.thanks == "author" else None


def crosspost(case: Case) -> Decision | None:
    """Hold what is written to many lists of this house at once."""
    most = case.policy.lists_at_once
    is_many = most and case.post.lists > most
    return Decision.HOLD if is_many and not case.author.is_moderator else None


def repeated(case: Case) -> Decision | None:
    """Hold what has come in the same words again and again: machines answer each other so."""
    most = case.policy.repeats
    is_many = most and case.traffic.repeats >= most
    return Decision.HOLD if is_many and not case.author.is_moderator else None


def closed(case: Case) -> Decision | None:
    """Give back an answer in a thread that a moderator has closed."""
    is_over = case.post.is_closed and not case.author.is_moderator
    return Decision.RETURN if is_over else None


#: For the rules page: what fanouts.py does with a mail to several lists.
ONCE = N_("Who is on several lists that get the same mail gets it once.")

ADMINISTRIVIA = Rule(
    "administrivia",
    administrivia,
    N_("Who asks the list to leave it, or for help, is answered alone; nobody else sees it."),
    N_("It asks to leave the list, or for help."),
    key="administrivia",
    laws={"post": ""},
)
THANKS = Rule(
    "thanks",
    thanks,
    N_("An answer that only says thanks or “me too” goes to whom it thanks alone."),
    N_("It says thanks, or that you agree; whom you answered has it, and nobody else."),
    key="thanks",
    laws={"list": ""},
)
CROSSPOST = Rule(
    "crosspost",
    crosspost,
    N_("A post to more than {lists_at_once:list|lists} at once waits for a moderator."),
    N_("It was written to more than {lists_at_once:list|lists} at once."),
    instead=N_("Choose the list that it concerns most."),
    key="lists_at_once",
)
REPEATED = Rule(
    "repeated",
    repeated,
    N_(
        "What has come {repeats:time|times} within ten minutes in the same words waits for a "
        "moderator when it comes again."
    ),
    N_("The same words had come {repeats:time|times} within ten minutes."),
    instead=N_("Send a post once; if it waits, a moderator has it already."),
    key="repeats",
)
CLOSED = Rule(
    "closed",
    closed,
    N_("A thread that a moderator has closed takes no more answers."),
    N_("A moderator has closed this thread."),
    instead=N_("Write to the person whom you answer, or begin a new thread if there is news."),
)
