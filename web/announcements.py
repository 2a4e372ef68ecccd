"""Announcements on pages: draft in both languages, see exactly who gets what, schedule, cancel."""

from starlette.responses import Response

from community import announcements
from community.announcements import Preview
from community.errors import Refusal
from community.store import Session
from community.threads import Unseen
from letters.announcements import as_read
from texts import LANGUAGES
from web import errors, forms
from web.asking import Ask
from web.gatherings import audience
from web.words import ANNOUNCEMENT_STATES, AUDIENCES


async def show(ask: Ask) -> Response:
    """Show the newest announcements and the form of a draft."""
    return await _page(ask)


async def draft(ask: Ask) -> Response:
    """Keep a draft and show its preview, or say what is missing with the form as it was."""
    try:
        made = await ask.run_once(
            announcements.draft,
            title_en=forms.line(ask.form, "title_en"),
            body_en=forms.text(ask.form, "body_en"),
            title_nb=forms.line(ask.form, "title_nb"),
            body_nb=forms.text(ask.form, "body_nb"),
            audience=audience(ask),
            by=ask.me.person_id,
            now=ask.now,
        )
    except Refusal as no:
        return await _page(ask, refused=errors.words(ask, no))
    there = f"/announcements/{made.id}" if made else "/announcements"
    return ask.go(f"{there}?done=announcement.draft")


async def one(ask: Ask) -> Response:
    """Show an announcement as each language gets it, with how many get it."""
    return await _preview(ask)


async def schedule(ask: Ask) -> Response:
    """Say when an announcement goes out, or what keeps it from going."""
    number = ask.thing()
    try:
        send_at = forms.moment(ask.form, "send_at", ask.site.house.calendar)
        await ask.run(
            announcements.schedule, number, send_at=send_at, by=ask.me.person_id, now=ask.now
        )
    except Refusal as no:
        return await _preview(ask, refused=errors.words(ask, no))
    return ask.go(f"/announcements/{number}?done=announcement.schedule")


async def _page(ask: Ask, *, refused: str | None = None) -> Response:
    return ask.page(
        "announcements.html",
        status=422 if refused else 200,
        cards=await ask.read(announcements.recent),
        audiences=AUDIENCES,
        states=ANNOUNCEMENT_STATES,
        refused=refused,
        form=ask.form,
    )


async def _preview(ask: Ask, *, refused: str | None = None) -> Response:
    preview = await ask.read(_found, ask.thing())
    written = [language for language in LANGUAGES if language in preview.card.written]
    return ask.page(
        "announcement.html",
        status=422 if refused else 200,
        preview=preview,
        letters=[(language, as_read(preview.card, language)) for language in written],
        audiences=AUDIENCES,
        states=ANNOUNCEMENT_STATES,
        refused=refused,
        form=ask.form,
    )


def _found(session: Session, number: int) -> Preview:
    try:
        return announcements.preview(session, number)
    except Refusal:
        raise Unseen from None
