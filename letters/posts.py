"""What is said about held posts: to moderators, and to the author."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from community.cases import Proof
from community.fields import spoken
from community.holds import Crowd, HeldPost
from community.people import Reader
from community.posting_rules import ACCEPTED, BY_NAME
from community.posts import ON_ITS_WAY
from community.topics import NAMES, Topic
from community.unreadables import Unreadable
from letters import attachments
from letters.actions import button
from letters.letter import Button, House, Letter, language, named
from letters.moderation import CANNED
from texts import N_, Language, clock_time, moment, say, say_many

OUTCOMES = {
    "digest": N_("it goes into the next digest"),
    "accept": N_("it goes out to the list"),
    "return": N_("it goes back to its author"),
    "discard": N_("it is discarded"),
}
#: As its author reads it.
OWN_OUTCOMES = OUTCOMES | {"return": N_("it goes back to you")}
#: What a moderator can do with a post, by its state.
VERBS = {
    "held": ("accept", "digest", "return", "discard"),
    "quarantined": ("accept", "discard"),
}
STATES = {
    "held": N_("waits for a moderator"),
    "quarantined": N_("could not be read and waits for a moderator"),
    "releasing": N_("accepted, and on its way"),
    "released": N_("accepted, and gone out"),
    "queued": N_("goes into the next digest"),
    "digested": N_("sent in a digest"),
    "returned": N_("returned to its author"),
    "discarded": N_("discarded"),
    "forwarded": N_("sent on to whom it concerns alone"),
    "withdrawn": N_("withdrawn by its author"),
    "removed": N_("removed from the archive"),
}
#: What is less usual.
MORE = {"held": ("trust", "edit", "claim", "ban"), "quarantined": ("claim", "ban")}
#: What can be taken back while nobody has it.
TAKEN_BACK = ("queued", "discarded")
#: The button that opens the queue of a list in Slack, and the form that it opens.
QUEUE = "post.queue"
#: By `Unreadable`: what kept a mail from being read.
UNREAD: Mapping[str, str] = {
    Unreadable.HEADER: N_("Its header is longer than we read."),
    Unreadable.PARTS: N_("It has too many parts, or parts within parts."),
    Unreadable.SLOW: N_("Reading it took too long."),
    Unreadable.MEMORY: N_("Reading it took too much memory."),
    Unreadable.DEADLY: N_("The program that reads mails died of it."),
    Unreadable.FAULT: N_("The program that reads mails failed at it."),
}
#: Where a post waits that no rule has held.
STOPPED = N_("A moderator has stopped it, to look at it first.")


def hold(post: HeldPost, to: Reader, house: House) -> Letter:
    """Ask a moderator about a held post, or say what has become of it."""
    tongue = language(to)
    facts = list(about(tongue, post))
    if post.state in VERBS:
        opening = say(tongue, "A post waits for you.")
        facts += waiting(tongue, post, house)
    else:
        opening = decided(tongue, post)
    return Letter(
        language=tongue,
        subject=say(tongue, "Held: {subject}", subject=named(tongue, post.subject)),
        paragraphs=(opening,),
        facts=tuple(facts),
        quote=post.excerpt,
        buttons=tuple(button(tongue, f"post.{verb}", post.post_id) for verb in verbs(post)),
        more=tuple(
            button(tongue, f"post.{verb}", post.post_id) for verb in MORE.get(post.state, ())
        ),
        why=say(tongue, "You get this because you moderate {list}.", list=post.list_address),
    )


def verbs(post: HeldPost) -> tuple[str, ...]:
    """Return what a moderator can do with a post now, the usual things."""
    if post.state == ON_ITS_WAY:
        return ("stop",)
    is_undone = post.state in TAKEN_BACK and post.decided_by is not None
    if is_undone and post.rule != "unreadable":
        return ("reopen",)
    return VERBS.get(post.state, ())


def about(tongue: Language, post: HeldPost) -> list[tuple[str, str]]:
    """Return what a moderator decides by: where it goes, whose it is, and why it waits."""
    facts = [
        (say(tongue, "List"), post.list_address),
        (say(tongue, "From"), author(post)),
    ]
    if post.came_as is not None:
        facts.append((say(tongue, "Subject as it came"), post.came_as))
    if doubt := doubtful(tongue, post):
        facts.append((say(tongue, "Sender"), doubt))
    if post.attachments:
        facts.append((say(tongue, "Attachments"), attachments.named(tongue, post.attachments)))
    if post.fields:
        facts.append((say(tongue, "For the fields"), spoken(post.fields, tongue)))
    if post.topic in list(Topic):
        facts.append((say(tongue, "Topic"), say(tongue, NAMES[Topic(post.topic)])))
    return [*facts, (say(tongue, "Held because"), because(tongue, post))]


def waiting(tongue: Language, post: HeldPost, house: House) -> list[tuple[str, str]]:
    """Return how long a post waits, and who looks at it."""
    facts = []
    if post.deadline_at is not None and post.state == "held":
        facts.append((say(tongue, "If nobody decides"), deadline(tongue, post, house)))
    if post.claimed_by is not None and post.claimed_until is not None:
        until = clock_time(tongue, house.local(post.claimed_until))
        words = say(tongue, "{name}, until {time}", name=post.claimed_by, time=until)
        facts.append((say(tongue, "Looks at it"), words))
    return facts


def count(crowd: Crowd, to: Reader, house: House) -> Letter:
    """Tell a moderator how many posts of a list wait, where they came too fast for a card each."""
    tongue = language(to)
    why = say(tongue, "You get this because you moderate {list}.", list=crowd.list_address)
    return counted(crowd, tongue, house, why=why)


def counted(crowd: Crowd, tongue: Language, house: House, *, why: str) -> Letter:
    """Say how many posts of a list wait, by rule, and where they are decided together."""
    many = say_many(
        tongue,
        "{n} post to {list} waits for a moderator",
        "{n} posts to {list} wait for a moderator",
        crowd.waiting,
        list=crowd.list_address.partition("@")[0],
    )
    none = say(tongue, "All posts to {list} have been decided", list=crowd.list_address)
    url = f"{house.public_url}/held?list={quote(crowd.list_address)}"
    together = say(tongue, "They came faster than one card each. Decide together: {url}", url=url)
    queue = Button(
        label=say(tongue, "Open the queue"), action=QUEUE, object_id=crowd.list_id, style="primary"
    )
    return Letter(
        language=tongue,
        subject=many if crowd.waiting else none,
        paragraphs=(together,) if crowd.waiting else (),
        facts=tuple((ruled(tongue, rule, crowd.policy), str(n)) for rule, n in crowd.by_rule),
        buttons=(queue,) if crowd.waiting else (),
        why=why,
    )


def wait(post: HeldPost, to: Reader, house: House) -> Letter | None:
    """Tell the author that a post waits, why, until when, and what happens then."""
    tongue = language(to)
    if post.state != "held":
        return None
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "Your post waits for a moderator: {subject}",
            subject=named(tongue, post.subject),
        ),
        paragraphs=(
            because(tongue, post),
            say(tongue, "You need not do anything. You will see it on the list, or hear why not."),
            fate(tongue, post.post_id, house),
        ),
        facts=(
            (say(tongue, "List"), post.list_address),
            own_deadline(tongue, post, house),
            *another_time(tongue, post),
        ),
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def into_digest(post: HeldPost, to: Reader, house: House) -> Letter:
    """Tell the author that a post comes in the next digest, and why."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "Your post will be in the next digest: {subject}",
            subject=named(tongue, post.subject),
        ),
        paragraphs=(
            because(tongue, post),
            in_next_digest(tongue, post),
            fate(tongue, post.post_id, house),
        ),
        facts=((say(tongue, "List"), post.list_address), *another_time(tongue, post)),
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def in_next_digest(tongue: Language, post: HeldPost) -> str:
    """Say who gets a post in the next digest."""
    if post.fields:
        return say(
            tongue,
            "People of these fields and related ones get it in the next digest: {fields}.",
            fields=spoken(post.fields, tongue),
        )
    return say(
        tongue, "Everybody on the list gets it in the next digest, with the other posts that wait."
    )


def send_back(post: HeldPost, to: Reader, house: House) -> Letter:
    """Give a post back to its author with the moderator's reason and the text."""
    tongue = language(to)
    page = (say(tongue, "What happened"), house.fate_url(post.post_id))
    return sent_back(post, tongue, facts=(page,))


def sent_back(post: HeldPost, tongue: Language, *, facts: tuple[tuple[str, str], ...]) -> Letter:
    """Give a post back with the reason, the text, and these facts beside its list."""
    given = (say(tongue, CANNED[post.canned][1]),) if post.canned in CANNED else ()
    if not post.reason and not given:  # time has sent it back: a moderator cannot without one
        paragraphs: tuple[str, ...] = (
            say(tongue, "No moderator could look at it in time. Feel free to send it again."),
        )
    else:
        paragraphs = (
            say(tongue, "A moderator has sent your post back. This is the reason:"),
            *given,
            *((post.reason,) if post.reason else ()),
            say(tongue, "Change what is needed and send it again. This is how it began:"),
        )
    return Letter(
        language=tongue,
        subject=say(
            tongue, "Your post has been returned: {subject}", subject=named(tongue, post.subject)
        ),
        paragraphs=paragraphs,
        facts=((say(tongue, "List"), post.list_address), *facts),
        quote=post.excerpt,
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def fate(tongue: Language, post_id: int, house: House) -> str:
    """Say where an author sees what the rules said and what becomes of the post."""
    url = house.fate_url(post_id)
    return say(tongue, "What the rules said, and what becomes of it: {url}", url=url)


def author(post: HeldPost) -> str:
    """Name the author and the address that the decision rests on."""
    return f"{post.from_name} <{post.from_email}>" if post.from_name else post.from_email


def doubtful(tongue: Language, post: HeldPost) -> str:
    """Say that the author may be another, where that was looked at and not proved."""
    if not post.from_email:
        return ""  # nobody is named of whom it could be proved
    if post.proof == Proof.FAIL:
        sentence = N_("The domain of {address} denies it: perhaps somebody else has written this.")
    elif post.proof == Proof.NONE:
        sentence = N_("It is not proved that it comes from {address}.")
    else:
        return ""
    return say(tongue, sentence, address=post.from_email)


def because(tongue: Language, post: HeldPost) -> str:
    """Say which rule spoke, in plain words."""
    return f"{ruled(tongue, post.rule, post.policy)} {unread(tongue, post.unreadable)}".strip()


def unread(tongue: Language, why: str) -> str:
    """Say why a mail could not be read; nothing of one that could, or of which it is not kept."""
    return say(tongue, UNREAD[why]) if why in UNREAD else ""


def ruled(tongue: Language, name: str, policy: Mapping[str, str | int]) -> str:
    """Say what a rule says of a post that it holds, in plain words."""
    rule = BY_NAME.get(name)
    if name == ACCEPTED:
        return say(tongue, STOPPED)
    return say(tongue, rule.because, **policy) if rule else ""


def another_time(tongue: Language, post: HeldPost) -> tuple[tuple[str, str], ...]:
    """Say what its author can do next time, as a fact, where the rule that spoke says it."""
    rule = BY_NAME.get(post.rule)
    if rule is None or not rule.instead:
        return ()
    return ((say(tongue, "Another time"), say(tongue, rule.instead, **post.policy)),)


def deadline(
    tongue: Language,
    post: HeldPost,
    house: House,
    outcomes: Mapping[str, str] = MappingProxyType(OUTCOMES),
) -> str:
    """Say when a hold ends by itself and how."""
    assert post.deadline_at is not None  # noqa: S101 - every held post has one
    when = moment(tongue, house.local(post.deadline_at))
    return f"{when}: {say(tongue, outcomes[post.outcome])}"


def own_deadline(tongue: Language, post: HeldPost, house: House) -> tuple[str, str]:
    """Tell its author when a hold ends by itself and how, as a fact of a letter."""
    return say(tongue, "If nobody decides"), deadline(tongue, post, house, OWN_OUTCOMES)


def decided(tongue: Language, post: HeldPost) -> str:
    """Say what has become of a post and who decided it."""
    state = say(tongue, STATES[post.state])
    if post.state == "withdrawn":
        return say(tongue, "The author has withdrawn it. Nobody gets it.")
    if post.decided_by is None:
        return say(tongue, "Nobody decided in time: {state}.", state=state)
    return say(tongue, "{name} has decided: {state}.", name=post.decided_by, state=state)
