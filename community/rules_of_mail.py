"""The posting rules that look at the mail itself, whoever wrote it: can it go to a list at all?

Each says what becomes of it, or nothing. Their order is in `posting_rules.py`.
"""

from community import topics
from community.cases import Case, Decision, Rule
from community.errors import N_

#: Whoever quotes that much more than they write has not cut what they answer.
QUOTED_TO_OWN = 4


def unreadable(case: Case) -> Decision | None:
    """Put aside what no parser can read, with its bytes, for the moderators."""
    return Decision.QUARANTINE if case.post.is_unreadable else None


def sender(case: Case) -> Decision | None:
    """Hold a post that does not say plainly who wrote it."""
    if case.post.is_loop or case.post.is_automatic:
        return None  # machines often do not: what becomes of their mail is said below
    return Decision.HOLD if len(case.post.from_addresses) != 1 else None


def loop(case: Case) -> Decision | None:
    """Stop what this list has sent itself."""
    return Decision.DISCARD if case.post.is_loop else None


def automatic(case: Case) -> Decision | None:
    """Keep out-of-office and other automatic answers off the list."""
    return Decision.DISCARD if case.post.is_automatic else None


def size(case: Case) -> Decision | None:
    """Give back what is too large to go to everybody."""
    most = case.policy.max_kilobytes
    return Decision.RETURN if most and case.post.size_bytes > most * 1000 else None


def attachment_type(case: Case) -> Decision | None:
    """Give back a file of a kind that does harm or that mail servers refuse."""
    refused = case.policy.refused_attachments.casefold().split()
    return None if set(refused).isdisjoint(case.post.file_endings) else Decision.RETURN


def attachment_size(case: Case) -> Decision | None:
    """Give back a file that is too large to go to everybody."""
    most = case.policy.attachment_kilobytes
    is_large = case.post.largest_file_bytes > most * 1000
    return Decision.RETURN if most and is_large else None


def recipients(case: Case) -> Decision | None:
    """Hold a post that goes to many others besides: their answers would all come here."""
    most = case.policy.most_recipients
    is_many = most and case.post.recipients > most
    return Decision.HOLD if is_many and not case.author.is_moderator else None


def unaddressed(case: Case) -> Decision | None:
    """Hold a post that names no list of ours in To or Cc: nobody sees whom it was written to."""
    if case.post.lists or case.author.is_moderator or case.policy.unaddressed == "accept":
        return None
    return Decision(case.policy.unaddressed)


def subject(case: Case) -> Decision | None:
    """Give back a new thread without a subject: nobody could tell whether to read it."""
    if case.post.has_subject or case.post.is_reply or case.policy.no_subject == "accept":
        return None
    return Decision(case.policy.no_subject)


def topic(case: Case) -> Decision | None:
    """Hold a new thread that does not say its topic, where the list wants it."""
    is_silent = case.policy.topics == "hold" and not case.post.has_topic
    is_new = not case.post.is_reply and not case.author.is_moderator
    return Decision.HOLD if is_silent and is_new else None


def suspect(case: Case) -> Decision | None:
    """Hold a post with a header that the policy names."""
    return Decision.HOLD if case.post.is_suspect else None


def quoting(case: Case) -> Decision | None:
    """Give back a post that quotes pages and adds a few lines."""
    post, most = case.post, case.policy.quoted_lines
    is_much = most and post.quoted_lines > max(most, QUOTED_TO_OWN * post.own_lines)
    return Decision.RETURN if is_much and not case.author.is_moderator else None


UNREADABLE = Rule(
    "unreadable",
    unreadable,
    "",
    N_(
        "The mail could not be read: it is broken, or made to keep who reads it busy. "
        "It is shown as it came, and would go out like that."
    ),
)
SENDER = Rule(
    "sender",
    sender,
    "",
    N_("It does not say plainly who wrote it."),
    instead=N_("Write with one address in From."),
)
LOOP = Rule("loop", loop, "", N_("The mail had been on this list before."))
AUTOMATIC = Rule(
    "automatic",
    automatic,
    N_("Automatic answers (out of office and the like) never reach the list."),
    N_("It looks like an automatic answer."),
)
SIZE = Rule(
    "size",
    size,
    N_("Mails of more than {max_kilobytes} kB go back to their author."),
    N_("It is larger than {max_kilobytes} kB, and would be so in everybody’s mailbox."),
    instead=N_("Put what is large where people can fetch it, and send the link."),
    key="max_kilobytes",
)
ATTACHMENT_TYPE = Rule(
    "attachment_type",
    attachment_type,
    N_("Files of these kinds go back to their author: {refused_attachments}."),
    N_("A file of a kind came with it that many mail servers refuse."),
    instead=N_("Send it as a PDF, or put it where people can fetch it, and send the link."),
    key="refused_attachments",
)
ATTACHMENT_SIZE = Rule(
    "attachment_size",
    attachment_size,
    N_("Files of more than {attachment_kilobytes} kB go back to their author; send a link."),
    N_("A file of more than {attachment_kilobytes} kB came with it."),
    instead=N_("Put it where people can fetch it, and send the link."),
    key="attachment_kilobytes",
)
RECIPIENTS = Rule(
    "recipients",
    recipients,
    N_("A post to more than {most_recipients:address|addresses} at once waits for a moderator."),
    N_("It was written to more than {most_recipients:address|addresses} at once."),
    instead=N_("Write to the list alone: answers then reach those whom they concern."),
    key="most_recipients",
)
UNADDRESSED = Rule(
    "unaddressed",
    unaddressed,
    "",
    N_("The list stands neither in To nor in Cc."),
    instead=N_("Write the list’s address into To."),
    key="unaddressed",
    laws={
        "hold": N_("A post that does not name the list in To or Cc waits for a moderator."),
        "return": N_("A post that does not name the list in To or Cc goes back to its author."),
    },
)
SUBJECT = Rule(
    "subject",
    subject,
    "",
    N_("It has no subject."),
    instead=N_("Give it one that says what it is about, and send it again."),
    key="no_subject",
    laws={
        "hold": N_("A new thread without a subject waits for a moderator."),
        "return": N_("A new thread without a subject goes back to its author."),
    },
)
TOPIC = Rule(
    "topic",
    topic,
    "",
    N_("Its subject does not say which topic it has."),
    instead=topics.INSTEAD,
    key="topics",
    laws={
        "ask": N_("Begin the subject of a new thread with its topic, such as [job]."),
        "hold": N_(
            "A new thread whose subject does not begin with a topic, such as [job], waits for a "
            "moderator."
        ),
    },
)
SUSPECT = Rule(
    "suspect",
    suspect,
    N_("What a spam filter has marked waits for a moderator."),
    N_("A spam filter has marked it."),
    key="suspect_headers",
)
QUOTING = Rule(
    "quoting",
    quoting,
    N_(
        "A post with more than {quoted_lines:quoted line|quoted lines} and few of its own goes "
        "back."
    ),
    N_("It quotes more than {quoted_lines:line|lines}, and adds few."),
    instead=N_("Cut what you do not answer, and send it again."),
    key="quoted_lines",
)
