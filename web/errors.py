"""Pages that say no: in both languages when we do not know who reads, without any detail."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from community.errors import Refusal
from community.people import NO_RIGHT, Role
from texts import LANGUAGES, N_, local, say
from texts.templates import render
from web.asking import Ask, language_for
from web.site import Site

#: status -> title and sentence.
WORDS: dict[int, tuple[str, str]] = {
    400: (N_("That did not arrive whole"), N_("Go back, load the page again and try once more.")),
    403: (
        N_("This page has become too old"),
        N_("Go back, load the page again and try once more. Nothing has been changed."),
    ),
    404: (
        N_("There is no such page"),
        N_(
            "The link may not be whole: copy all of it from the mail, or use the button there. Or "
            "the page is not for you."
        ),
    ),
    405: (N_("That cannot be done here"), N_("Go back and use the buttons of the page.")),
    413: (N_("That is too much"), N_("Shorten it and try again.")),
    500: (
        N_("Something broke"),
        N_("It is our fault. Try again; if it stays, tell the coordinators this reference:"),
    ),
    503: (N_("Not just now"), N_("We are on it. Try again in a few minutes.")),
}


def page(site: Site, request: Request, status: int, reference: str = "") -> HTMLResponse:
    """Show the page of an error in both languages, the likelier one first."""
    title, sentence = WORDS.get(status, WORDS[400 if status < 500 else 500])
    first = language_for(request, None, site.default_language)
    order = sorted(LANGUAGES, key=lambda language: language != first)
    html = render(
        site.templates,
        "error.html",
        first,
        words=[(tongue, say(tongue, title), say(tongue, sentence)) for tongue in order],
        reference=reference,
    )
    return HTMLResponse(html, status)


def refused(
    ask: Ask, refusal: Refusal, *, status: int = 409, back: str | None = None
) -> HTMLResponse:
    """Show an expected "no" in the reader's language, with the way back."""
    return ask.page("refusal.html", status=status, words=words(ask, refusal), back=back)


def outside(ask: Ask) -> HTMLResponse:
    """Tell a guest or an alumnus that a page with nothing of theirs is for the community."""
    return refused(ask, Refusal(NO_RIGHT[Role.MEMBER]), status=403)


def words(ask: Ask, refusal: Refusal) -> str:
    """Return what a Refusal says in the reader's language."""
    zone = ask.site.house.calendar.zone
    return say(ask.language, refusal.message, **local(refusal.facts, zone))


def in_both(ask: Ask, refusal: Refusal, *, status: int) -> HTMLResponse:
    """Show a Refusal in both languages, to a reader whom we do not know."""
    zone = ask.site.house.calendar.zone
    facts = local(refusal.facts, zone)
    order = sorted(LANGUAGES, key=lambda language: language != ask.language)
    html = render(
        ask.site.templates,
        "error.html",
        ask.language,
        words=[
            (tongue, say(tongue, "This link does nothing"), say(tongue, refusal.message, **facts))
            for tongue in order
        ],
        reference="",
    )
    return HTMLResponse(html, status)
