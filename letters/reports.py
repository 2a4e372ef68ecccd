"""What people outside are told of their posts to a list: that they wait, and what becomes of them.

They have no pages here: each letter says all there is to say.
"""

from community.holds import HeldPost
from community.people import Reader
from letters import forwards, posts
from letters.letter import House, Letter, language, named
from texts import Language, say

#: What has been let out, and what comes in the next digest.
GOES_OUT = ("releasing", "released")
IN_DIGEST = ("queued", "digested")


def report(post: HeldPost, to: Reader, house: House) -> Letter | None:
    """Tell somebody outside what becomes of a post; nothing where there is nothing to say now."""
    tongue = language(to)
    if post.state == "held":
        return _waits(post, tongue, house)
    if post.state == "returned":
        return posts.sent_back(post, tongue, facts=())
    if post.state not in (*GOES_OUT, *IN_DIGEST):
        return None
    is_out = post.state in GOES_OUT
    subject = (
        say(
            tongue, "Your post goes out to the list: {subject}", subject=named(tongue, post.subject)
        )
        if is_out
        else say(
            tongue,
            "Your post will be in the next digest: {subject}",
            subject=named(tongue, post.subject),
        )
    )
    news = (
        say(tongue, "A moderator has accepted it, and it goes out to the list.")
        if is_out
        else posts.in_next_digest(tongue, post)
    )
    return _letter(post, tongue, subject, news, _answers(post, tongue))


def _waits(post: HeldPost, tongue: Language, house: House) -> Letter:
    page = f"{house.public_url}/lists/{post.list_address}/join"
    joins = (say(tongue, "Do you want to be on the list? Ask here: {page}", page=page),)
    return _letter(
        post,
        tongue,
        say(
            tongue,
            "Your post waits for a moderator: {subject}",
            subject=named(tongue, post.subject),
        ),
        posts.because(tongue, post),
        say(
            tongue,
            "You need not do anything, nor send it again. You hear from us when it goes out, or "
            "if it comes back to you.",
        ),
        *(joins if post.policy["guests"] != "reject" else ()),
        facts=(
            posts.own_deadline(tongue, post, house),
            forwards.rules_page(tongue, post.list_address, house),
        ),
    )


def _answers(post: HeldPost, tongue: Language) -> str:
    if post.policy["reply_to"] == "author":
        return say(tongue, "Who answers it writes to you, unless they choose the whole list.")
    return say(tongue, "Answers go to the list; who wants you to read one writes to you as well.")


def _letter(
    post: HeldPost,
    tongue: Language,
    subject: str,
    *paragraphs: str,
    facts: tuple[tuple[str, str], ...] = (),
) -> Letter:
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=paragraphs,
        facts=((say(tongue, "List"), post.list_address), *facts),
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )
