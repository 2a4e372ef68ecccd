"""What is said to moderators by mail about the posts that wait, and about their answers."""

from community.docket_replies import DocketReplyCard
from community.dockets import DocketIssue
from community.holds import HeldPost
from community.people import Reader
from letters import posts
from letters.actions import button
from letters.letter import House, Item, Letter, language, named
from texts import Language, say, say_many

#: Of each post so much is in the mail; all of it is on the page.
EXCERPT = 280


def ask(issue: DocketIssue, to: Reader, house: House) -> Letter | None:
    """Show a moderator what waits; nothing when it has all been decided meanwhile."""
    tongue = language(to)
    if not issue.posts:
        return None
    count = len(issue.posts) + issue.more
    first = next(iter(issue.posts.values()))
    if count == 1:
        subject = say(tongue, "Held: {subject}", subject=named(tongue, first.subject))
    else:
        subject = say_many(
            tongue,
            "{n} post waits for a moderator",
            "{n} posts wait for a moderator",
            count,
        )
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=(*_how(tongue, issue), *_rest(tongue, issue, house)),
        items=tuple(_item(tongue, number, each, house) for number, each in issue.posts.items()),
        reply_to=house.docket_address(issue.docket_id),
        why=say(tongue, "You get this because you moderate {list}.", list=_lists(issue)),
    )


def answer(shown: DocketReplyCard, cards: dict[int, HeldPost], to: Reader, house: House) -> Letter:
    """Tell a moderator what came of an answer."""
    tongue = language(to)
    if shown.note:
        words = say(tongue, "Nothing has been decided. Your words have gone to the moderators:")
        return _answer(tongue, shown, house, (words,), quote=shown.note)
    lines = []
    if 0 in shown.refused:
        lines.append(_refusal(tongue, shown, 0))
    for number, card in cards.items():
        is_refused = number in shown.refused and card.state in posts.VERBS
        became = _refusal(tongue, shown, number) if is_refused else _became(tongue, card)
        lines.append(f"{number}. {named(tongue, card.subject)}\n{became}")
    lines += [
        _refusal(tongue, shown, number)
        for number in shown.refused
        if number and number not in cards
    ]
    return _answer(tongue, shown, house, tuple(lines))


def note(shown: DocketReplyCard, to: Reader, house: House) -> Letter:
    """Pass on what a moderator has written about the posts that wait."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} about the posts that wait", name=shown.moderator),
        paragraphs=(
            say(
                tongue,
                "{name} has answered a mail about the posts that wait. Nothing is decided by it.",
                name=shown.moderator,
            ),
            say(tongue, "The posts that wait: {url}", url=f"{house.public_url}/held"),
        ),
        quote=shown.note,
        why=say(tongue, "You get this because you are a moderator."),
    )


def _answer(
    tongue: Language,
    shown: DocketReplyCard,
    house: House,
    paragraphs: tuple[str, ...],
    *,
    quote: str | None = None,
) -> Letter:
    return Letter(
        language=tongue,
        subject=say(tongue, "What came of your answer"),
        paragraphs=paragraphs,
        quote=quote,
        reply_to=house.docket_address(shown.docket_id),
        why=say(tongue, "You get this because you answered a mail about posts that wait."),
    )


def _how(tongue: Language, issue: DocketIssue) -> tuple[str, ...]:
    numbers = list(issue.posts)
    if len(numbers) == 1:
        return (
            say(
                tongue,
                "Press a button below, or answer this mail with one word in its first line: "
                "accept, digest, discard, claim, or return and the reason.",
            ),
        )
    return (
        say(
            tongue,
            "Press a button below, or answer this mail with a word and numbers in its first "
            "line: “accept {one}”, “digest {one} {two}”, “discard {one}-{two}”, “claim {one}”, "
            "“return {two} and the reason”, “accept all”.",
            one=numbers[0],
            two=numbers[1],
        ),
    )


def _rest(tongue: Language, issue: DocketIssue, house: House) -> tuple[str, ...]:
    url = f"{house.public_url}/held"
    if issue.more:
        held = say_many(
            tongue, "{n} more waits: {url}", "{n} more wait: {url}", issue.more, url=url
        )
    else:
        held = say(tongue, "The posts that wait: {url}", url=url)
    if not issue.to_join:
        return (held,)
    to_join = say_many(
        tongue,
        "{n} person waits to join a list: {url}",
        "{n} people wait to join a list: {url}",
        issue.to_join,
        url=f"{house.public_url}/join-requests",
    )
    return (held, to_join)


def _item(tongue: Language, number: int, post: HeldPost, house: House) -> Item:
    facts = posts.about(tongue, post) + posts.waiting(tongue, post, house)
    words = post.excerpt
    short = words if len(words) <= EXCERPT else words[:EXCERPT].rstrip("… ") + "…"
    return Item(
        title=f"{number}. {named(tongue, post.subject)}",
        facts=tuple(facts),
        quote=short,
        buttons=tuple(button(tongue, f"post.{verb}", post.post_id) for verb in posts.verbs(post)),
    )


def _became(tongue: Language, post: HeldPost) -> str:
    if post.state in posts.VERBS:
        return say(tongue, "It waits.")
    return posts.decided(tongue, post)


def _refusal(tongue: Language, shown: DocketReplyCard, number: int) -> str:
    message, facts = shown.refused[number]
    return say(tongue, message, **facts)


def _lists(issue: DocketIssue) -> str:
    return ", ".join(dict.fromkeys(post.list_address for post in issue.posts.values()))
