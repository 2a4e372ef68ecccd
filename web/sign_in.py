"""Signing in by a mailed link, and out. Scanners follow links, so its page asks for a press."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from community import emails, lists, people, sessions
from community.errors import Refusal
from community.tokens import Right
from web import errors, forms
from web.asking import Ask, safe_path

ACTION = "sign_in.open"
NEXT_COOKIE = "next"
NEXT_SECONDS = 30 * 60


async def ask_for_link(ask: Ask) -> Response:
    """Show the form; who is signed in already goes on."""
    there = safe_path(ask.request.query_params.get("next"))
    return ask.go(there) if ask.visit else await _form(ask, there)


async def send_link(ask: Ask) -> Response:
    """Take an address and say the same whoever has it; the link goes out by mail."""
    there = safe_path(ask.form.get("next"))
    email = forms.line(ask.form, "email")
    try:
        emails.checked(email)
    except Refusal as wrong:
        refused = errors.words(ask, wrong)
        return await _form(ask, there, status=422, email=email, refused=refused)
    await ask.run(sessions.ask, email, now=ask.now)
    answer = ask.page("sign_in_sent.html", email=email)
    ask.site.keep(answer, NEXT_COOKIE, there, seconds=NEXT_SECONDS)
    return answer


async def _form(ask: Ask, there: str, *, status: int = 200, **values: str) -> Response:
    there_are = await ask.read(lists.open_lists, now=ask.now)
    takes = [each for each in there_are if each.policy.guests != "reject"]
    values = {"email": "", **values}
    return ask.page("sign_in.html", status=status, next=there, lists=takes, **values)


async def show_link(ask: Ask) -> Response:
    """Show who will be signed in here, with one button; changes nothing."""
    right = _right(ask)
    try:
        me = await ask.read(people.reader, right.person_id)
        await ask.read(sessions.check, right.object_id, by=right.person_id, now=ask.now)
    except Refusal as no:
        return errors.in_both(ask, no, status=410)
    return ask.speaking(me.language).page("sign_in_open.html", reader=me)


async def open_session(ask: Ask) -> Response:
    """Sign in: the link is used up, and the browser gets its cookie."""
    right = _right(ask)
    try:
        token = await ask.run(sessions.sign_in, right.object_id, by=right.person_id, now=ask.now)
    except Refusal as no:
        return errors.in_both(ask, no, status=410)
    answer = ask.go(safe_path(ask.request.cookies.get(NEXT_COOKIE)))
    answer.delete_cookie(NEXT_COOKIE)
    longest = int(sessions.LONGEST.total_seconds())
    ask.site.keep(answer, ask.site.session_cookie, token, seconds=longest)
    return answer


async def sign_out(ask: Ask) -> Response:
    """End the session in this browser and in the database."""
    if ask.visit is not None:
        by = ask.visit.reader.person_id
        await ask.run(sessions.sign_out, ask.visit.session_id, by=by, now=ask.now)
    answer = ask.go("/")
    answer.delete_cookie(
        ask.site.session_cookie, secure=ask.site.is_secure, httponly=True, samesite="lax"
    )
    return answer


def _right(ask: Ask) -> Right:
    try:
        right = ask.site.house.tokens.right(ask.path["token"])
    except Refusal:
        raise HTTPException(404) from None
    if right.action != ACTION:
        raise HTTPException(404)
    return right
