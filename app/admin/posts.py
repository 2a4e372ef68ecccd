"""`samband held` and `samband decide`: what moderators do, from a terminal."""

import click

from app.admin.desk import desk
from app.admin.output import as_json, table, tell
from community import moderation, people
from community.errors import N_, Refusal
from community.posting_rules import BY_NAME, Decision
from community.store import Session
from letters.posts import OUTCOMES
from texts import say

#: What a moderator may say, and what is answered.
DONE = {
    Decision.ACCEPT.value: N_("Accepted. It is on its way to the list."),
    Decision.DIGEST.value: N_("It goes into the next digest."),
    Decision.RETURN.value: N_("Returned, with your reason."),
    Decision.DISCARD.value: N_("Discarded."),
}


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def held(*, is_json: bool) -> None:
    """List the posts that wait for a moderator."""
    with desk() as at:
        waiting = at.store.read_sync(moderation.held)
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
            rule = BY_NAME.get(post.rule)
            outcome = say(at.language, OUTCOMES[post.outcome])
            rows.append(
                (
                    str(post.post_id),
                    post.list_address,
                    post.from_email or post.from_name,
                    post.subject,
                    say(at.language, rule.because, **post.policy) if rule else post.rule,
                    f"{at.moment(post.deadline_at)}: {outcome}"
                    if post.deadline_at is not None and post.state == "held"
                    else say(at.language, "it waits"),
                )
            )
        table([say(at.language, title) for title in titles], rows)


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
