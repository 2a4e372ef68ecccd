"""`samband held`, `decide` and `post show`: what moderators do and see, from a terminal."""

from collections.abc import Iterator

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, table, tell
from community import excerpts, fates, holds, moderation, people, queries, searches
from community.cases import Decision
from community.errors import N_, Refusal
from community.holds import Wanted
from community.judgements import Judgement
from community.posting_rules import ACCEPTED
from community.store import Session
from community.threads import Unseen
from letters import fates as words
from letters.posts import OUTCOMES, STATES, because, unread
from texts import say, say_many

MOST = 50
#: What a moderator may say, and what is answered.
DONE = {
    Decision.ACCEPT.value: N_("Accepted. It is on its way to the list."),
    Decision.DIGEST.value: N_("It goes into the next digest."),
    Decision.RETURN.value: N_("Returned, with your reason."),
    Decision.DISCARD.value: N_("Discarded."),
}


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=MOST, help="At most so many.")
@click.option("--after", type=int, default=0, metavar="ID", help="Those behind this post.")
@click.option("--search", "words", default="", help="Part of the subject, name or address.")
@click.option("--list", "list_address", default="", help="The address of the list.")
@click.option("--rule", default="", help="The rule that holds them.")
def held(
    limit: int, after: int, words: str, list_address: str, rule: str, *, is_json: bool
) -> None:
    """List the posts that wait for a moderator, the longest waiting first."""
    wanted = Wanted(list_address=list_address, rule=rule, words=words)
    with desk() as at:
        page = at.store.read_sync(holds.page, wanted, after=after, limit=limit)
        waiting = page.posts
        if is_json:
            as_json(waiting)
            return
        if not waiting:
            tell(say(at.language, "No post waits for a moderator."))
            return
        titles = [N_("Post"), N_("List"), N_("From"), N_("Subject"), N_("Held because")]
        titles.append(N_("If nobody decides"))
        rows = []
        for post in waiting:
            outcome = say(at.language, OUTCOMES[post.outcome])
            rows.append(
                (
                    str(post.post_id),
                    post.list_address,
                    post.from_email or post.from_name,
                    post.subject,
                    # In a narrow table the end of a sentence is cut off.
                    unread(at.language, post.unreadable) or because(at.language, post) or post.rule,
                    f"{at.moment(post.deadline_at)}: {outcome}"
                    if post.deadline_at is not None and post.state == "held"
                    else say(at.language, "it waits"),
                )
            )
        table([say(at.language, title) for title in titles], rows)
        if page.after is not None:
            shown = say(at.language, "{shown} of {count}.", shown=len(rows), count=page.count)
            tell(f"{shown} samband held --after {page.after}")


@click.command()
@click.argument("post", type=click.IntRange(1, 2**31 - 1))
@click.argument("decision", type=click.Choice(list(DONE)))
@click.option("--by", "email", required=True, help="The address of the moderator who decides.")
@click.option("--reason", default="", help="What the author of a returned post reads.")
def decide(post: int, decision: str, email: str, reason: str) -> None:
    """Settle a held post; the first decision wins."""
    with desk() as at:

        def act(session: Session) -> None:
            moderator = people.by_email(session, email)
            if moderator is None:
                raise Refusal("Nobody has the address {email}.", email=email)
            moderation.decide(
                session, post, Decision(decision), by=moderator.id, now=at.now, reason=reason
            )

        at.store.run_sync(act)
        tell(say(at.language, DONE[decision]))


@click.group()
def post() -> None:
    """Find posts, and see what became of one."""


@post.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def show(number: int, *, is_json: bool) -> None:
    """Tell who has a post, who gets it later or not and why, and who decided."""
    with desk() as at:
        try:
            fate = at.store.read_sync(fates.of, number, reader=None, now=at.now)
        except Unseen:
            raise Refusal("There is no post {number}.", number=number) from None
        if is_json:
            as_json(fate)
            return
        state = say(at.language, STATES[fate.state])
        tell(f"{fate.post_id}  {fate.list_address}  {fate.subject}")
        tell(f"{state}  ({at.moment(fate.since)})", "")
        if fate.fields:
            tell(words.meant_for(at.language, fate.fields))
        tell(*(f"{count:>7}  {what}" for count, what in words.counts(at.language, fate)))
        for reply in fate.replies:
            tell(f"{reply.count:>7}  {reply.end}: {reply.example}")
        _tell_why(at, fate)


@post.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--page", "number", default=1, type=click.IntRange(1, 10_000), help="Which page.")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def search(words: tuple[str, ...], number: int, *, is_json: bool) -> None:
    """Find posts of all lists: words, "phrases", from:, list:, before:, after:."""
    # The shell has taken the quotes of what was one word to it.
    asked = " ".join(f'"{word}"' if " " in word and ":" not in word else word for word in words)
    with desk() as at:
        query = queries.read(asked)
        found = at.store.read_sync(searches.find, query, reader=None, now=at.now, number=number)
        if is_json:
            as_json(found)
            return
        if not found.hits:
            tell(say(at.language, "Nothing was found. Fewer words find more."))
            return
        titles = [N_("Post"), N_("List"), N_("From"), N_("Came"), N_("State"), N_("Subject")]
        rows = [
            (
                str(hit.post_id),
                hit.list_address,
                hit.author,
                at.moment(hit.at),
                say(at.language, STATES[hit.state]),
                excerpts.one_line(hit.subject),
            )
            for hit in found.hits
        ]
        table([say(at.language, title) for title in titles], rows)


@post.command(name="index")
def take_up() -> None:
    """Make the posts findable that came before there was a search; the service does so too."""
    with desk() as at:
        count = 0
        while taken := at.store.run_sync(searches.take_up):
            count += taken
        tell(say_many(at.language, "{n} post taken up.", "{n} posts taken up.", count))


def _tell_why(at: Desk, fate: fates.Fate) -> None:
    """Write who had trouble, what the rules said, and what happened."""
    if fate.people:
        tell("")
        titles = [N_("Id"), N_("For whom"), N_("E-mail"), N_("State"), N_("Reason")]
        table(
            [say(at.language, title) for title in titles],
            [
                (
                    f"delivery:{each.delivery_id}",
                    each.name,
                    each.email,
                    words.ended(at.language, each),
                    each.reply,
                )
                for each in fate.people
            ],
        )
    if fate.judgement is not None:
        tell("", *_said(at, fate.judgement))
    tell("", *(f"{at.moment(e.at)}  {words.happened(at.language, e)}" for e in fate.events))
    tell(*filter(None, [fate.reason]))


def _said(at: Desk, judgement: Judgement) -> Iterator[str]:
    """Say which rule decided and why, and count those before it."""
    question, said = words.spoken(at.language, judgement)
    if judgement.rule != ACCEPTED:
        yield f"{question} {said}"
    if reason := words.because(at.language, judgement):
        yield reason
    silent = len(words.silent(at.language, judgement))
    if silent:
        yield say(at.language, "Asked before, with nothing to say: {count}", count=str(silent))
