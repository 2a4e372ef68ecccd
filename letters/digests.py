"""The words of a digest: what is in it, by list and thread, and how to have it otherwise."""

from urllib.parse import quote

from community import topics
from community.attachments import Attachment
from community.holds import HeldPost
from community.issues import Issue, ListPart, ThreadPart
from community.outbox import Notice
from community.people import Reader
from community.posts import Post
from community.quotes import words_of
from community.subscriptions import Mode
from community.topics import Topic
from letters import attachments
from letters.actions import button
from letters.contents import Contents, ListIn, PostIn, ThreadIn
from letters.letter import Button, House, Letter, language, named
from texts import Language, listed, say, say_many

#: Gmail hides what is beyond 100 kB of a mail; longer posts are read on their page.
MOST_SIGNS = 6_000
#: What the subject tells of the threads, at most.
MOST_SUBJECT = 60


def publish(issue: Issue, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Bring the posts of one digest; None when all of them are gone."""
    if not issue.lists:
        return None
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=_subject(tongue, issue),
        paragraphs=(_opening(tongue, issue),),
        contents=Contents(
            format=issue.format,
            message_id=issue.message_id,
            lists=tuple(_list(part, issue, to, house) for part in issue.lists),
            choices_url=f"{house.public_url}/me",
        ),
        buttons=_otherwise(tongue, issue),
        why=_why(tongue, issue),
        stop=_stop(tongue, issue),
        reply_to=issue.lists[0].address,
        returns_to=house.return_address(notice.id),
    )


def give_back(post: HeldPost, to: Reader, house: House) -> Letter:
    """Give an answer to a digest back when nobody can tell which of its posts it answers."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(
            tongue, "Your answer has not gone out: {subject}", subject=named(tongue, post.subject)
        ),
        paragraphs=(
            say(
                tongue,
                "You answered a digest, and we cannot tell which of its posts you mean. So that "
                "it does not stand alone on the list, it has gone to nobody.",
            ),
            say(
                tongue,
                "Press “Answer” at the post in the digest, or write the post’s subject into the "
                "subject of your mail, and send it again. This is how it began:",
            ),
        ),
        facts=((say(tongue, "List"), post.list_address),),
        quote=post.excerpt,
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def _opening(tongue: Language, issue: Issue) -> str:
    if not issue.posts:
        return say(tongue, "What went on in threads that you do not follow.")
    return say_many(
        tongue,
        "{n} post, collected for you.",
        "{n} posts, collected for you.",
        len(issue.posts),
    )


def _subject(tongue: Language, issue: Issue) -> str:
    names = ", ".join(part.address.partition("@")[0] for part in issue.lists)
    subjects = [_thread_named(tongue, thread) for part in issue.lists for thread in part.threads]
    told, rest = subjects[0][:MOST_SUBJECT], subjects[1:]
    while rest and len(told) + len(rest[0]) + 2 <= MOST_SUBJECT:
        told += f", {rest.pop(0)}"
    cut = "…" if len(subjects[0]) > MOST_SUBJECT else ""
    return say(
        tongue,
        "[{names}] Digest {number}: {subjects}",
        names=names,
        number=str(issue.number),
        subjects=told + (cut or (", …" if rest else "")),
    )


def _list(part: ListPart, issue: Issue, to: Reader, house: House) -> ListIn:
    tongue = language(to)
    return ListIn(
        address=part.address,
        threads=tuple(
            ThreadIn(
                subject=_thread_named(tongue, thread),
                posts=tuple(_post(tongue, post, part, issue, house) for post in thread.posts),
                more=_more(tongue, thread),
                page_url=f"{house.public_url}/threads/{thread.thread_id}",
                links=_thread_links(thread, to, house),
            )
            for thread in part.threads
        ),
    )


def _more(tongue: Language, thread: ThreadPart) -> str:
    if not thread.more:
        return ""
    return say_many(
        tongue,
        "{n} more answer, to those who follow the thread.",
        "{n} more answers, to those who follow the thread.",
        thread.more,
    )


def _post(tongue: Language, post: Post, part: ListPart, issue: Issue, house: House) -> PostIn:
    words = words_of(post.text, is_reply=post.is_reply) or say(tongue, "(no text)")
    is_cut = len(words) > MOST_SIGNS
    return PostIn(
        subject=named(tongue, post.subject),
        author_name=post.from_name,
        author_email=post.from_email,
        at=house.local(post.received_at),
        message_id=post.message_id,
        text=words[:MOST_SIGNS].rstrip() + "…" if is_cut else words,
        is_cut=is_cut,
        page_url=f"{house.public_url}/posts/{post.id}",
        files=_files(tongue, issue.attachments.get(post.id, ())),
        reply_url=reply_url(post.subject, post.message_id, to=part.address),
        source=issue.sources.get(post.id),
    )


def _files(tongue: Language, brought: tuple[Attachment, ...]) -> str:
    worth = attachments.worth_naming(brought)
    return f"{say(tongue, 'Attachments')}: {attachments.named(tongue, worth)}" if worth else ""


def reply_url(subject: str, message_id: str, *, to: str) -> str:
    """Return a link that opens an answer to a post, to its author or to its list (RFC 6068)."""
    subject = subject if subject[:3].casefold() == "re:" else f"Re: {subject}"
    # Programs that leave In-Reply-To out keep the subject, by which the thread is found as well.
    words = f"subject={quote(subject, safe='')}&In-Reply-To={quote(message_id, safe='')}"
    return f"mailto:{quote(to, safe='@')}?{words}"


def _thread_links(thread: ThreadPart, to: Reader, house: House) -> tuple[tuple[str, str], ...]:
    tongue = language(to)
    actions = ("thread.follow", "thread.mute")
    buttons = [button(tongue, action, thread.thread_id) for action in actions]
    return tuple((each.label, house.link(each, to)) for each in buttons)


def _thread_named(tongue: Language, thread: ThreadPart) -> str:
    """Name a thread with its topic in front, also where only a moderator has chosen that."""
    subject = named(tongue, thread.subject)
    if thread.topic not in list(Topic) or topics.read(thread.subject):
        return subject
    return f"{topics.label(Topic(thread.topic), tongue)} {subject}"


def _otherwise(tongue: Language, issue: Issue) -> tuple[Button, ...]:
    """Return how the posts of its one list could come instead; for several there is a page."""
    if len(issue.lists) > 1:
        return ()
    other = "weekly" if issue.mode is Mode.DAILY else "digest"
    actions = ("mailing_list.each", f"mailing_list.{other}", "mailing_list.pause")
    return tuple(button(tongue, action, issue.lists[0].list_id) for action in actions)


def _why(tongue: Language, issue: Issue) -> str:
    names = listed(tongue, [part.address for part in issue.lists])
    return say(tongue, "You get this because you are on {list}.", list=names)


def _stop(tongue: Language, issue: Issue) -> Button:
    if len(issue.lists) == 1:
        return button(tongue, "mailing_list.leave", issue.lists[0].list_id)
    return button(tongue, "digest.leave", issue.digest_id)
