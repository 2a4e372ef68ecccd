"""The form by which anybody asks to join a list: an address, and what comes next.

Whoever has the address, or nobody: the same answer for the same work (P2). What there is to say is
mailed to the address itself.
"""

from starlette.responses import Response

from community import emails, join_requests
from community.errors import Refusal
from community.join_requests import Applicant
from community.lists import MailingList
from community.threads import list_at
from letters.closings import closing
from letters.join_requests import what_comes_next
from texts import LANGUAGES
from web import errors, forms
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show the form; who is signed in joins with one press instead."""
    a_list = await ask.read(list_at, ask.path["address"])
    return ask.go("/lists") if ask.visit else _form(ask, a_list)


async def send(ask: Ask) -> Response:
    """Take an address, and say the same whoever has it; the rest goes by mail."""
    a_list = await ask.read(list_at, ask.path["address"])
    if a_list.policy.guests == "reject" or a_list.is_closed(ask.now):
        return _form(ask, a_list, status=409)
    try:
        who = Applicant(
            email=emails.checked(forms.line(ask.form, "email")),
            name=forms.line(ask.form, "name"),
            language=_language(ask),
            network=ask.network,
        )
    except Refusal as no:
        return _form(ask, a_list, status=422, refused=errors.words(ask, no))
    await ask.run(join_requests.ask, a_list.id, who, now=ask.now)
    return ask.page("join_sent.html", list=a_list, email=who.email)


def _form(ask: Ask, a_list: MailingList, *, status: int = 200, refused: str = "") -> Response:
    return ask.page(
        "join.html",
        status=status,
        list=a_list,
        closed=closing(ask.language, a_list.closes_at, is_open=False, local=ask.site.house.local)
        if a_list.is_closed(ask.now)
        else "",
        next=what_comes_next(ask.language, a_list.policy),
        form=ask.form,
        spoken=_language(ask),
        refused=refused,
    )


def _language(ask: Ask) -> str:
    chosen = ask.form.get("language", "")
    return chosen if chosen in LANGUAGES else ask.language
