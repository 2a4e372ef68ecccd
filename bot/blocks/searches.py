"""What a search found, in Slack: the best few, and the page with the rest."""

from urllib.parse import quote

from bot.blocks import kit
from bot.blocks.kit import Json, Shown
from community import excerpts
from community.excerpts import Piece
from community.searches import Found, Hit
from letters.letter import House
from texts import Language, moment, say, say_many

MOST = 5


def found(language: Language, asked: str, what: Found, house: House) -> Shown:
    """Return the posts that were found, the best first."""
    title = say(language, "Search")
    page = f"{house.public_url}/search?q={quote(asked)}"
    if not what.hits:
        nothing = say(language, "Nothing was found. Fewer words find more.")
        return kit.message([kit.words(nothing)], nothing)
    blocks = [kit.header(f"{title}: {asked}" if asked else title)]
    for hit in what.hits[:MOST]:
        blocks += _hit(language, hit, house)
    left = what.count - MOST
    if left > 0:
        more = say_many(language, "{n} more: {page}", "{n} more: {page}", left, page=page)
        blocks.append(kit.linked(more))
    return kit.message(blocks, title)


def form(language: Language, asked: str = "") -> Json:
    """Return the form that asks what to look for; it stays, so that one can look again."""
    hint = say(
        language, "Words, or “phrases”. Also from:ada, list:postdocs, before:2027-03-01, after:…"
    )
    field = kit.line(asked, example=say(language, "lunch from:ada"))
    return kit.modal(
        "post.search",
        say(language, "Search"),
        [kit.asked("query", say(language, "What to look for"), field, hint=hint)],
        submit=say(language, "Search"),
        close=say(language, "Close"),
    )


def found_view(language: Language, asked: str, shown: Shown) -> Json:
    """Return the form with what was found below it."""
    view = form(language, asked)
    return {**view, "blocks": kit.capped([*view["blocks"], *shown.blocks], kit.VIEW_BLOCKS)}


def _hit(language: Language, hit: Hit, house: House) -> list[Json]:
    subject = excerpts.one_line(hit.subject) or say(language, "(no subject)")
    link: Json = {
        "type": "link",
        "url": f"{house.public_url}/posts/{hit.post_id}",
        "text": kit.cut(subject, 300),
        "style": {"bold": True},
    }
    parts = [link, *(_piece(piece) for piece in (Piece("\n"), *hit.excerpt))]
    when = moment(language, house.local(hit.at), year=True)
    where = hit.list_address.partition("@")[0]
    return [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]},
        kit.small(f"{hit.author} · {where} · {when}"),
    ]


def _piece(piece: Piece) -> Json:
    made: Json = {"type": "text", "text": piece.text}
    return {**made, "style": {"bold": True}} if piece.is_hit else made
