"""What one person has chosen: the language, the lists, and what is written to them by itself."""

from starlette.responses import Response

from community import address_requests, deliveries, directory, people, suppressions, ways
from community.deliveries import Chosen, Format
from community.people import Category
from community.subscriptions import Mode
from community.ways import Way
from letters.bounces import reason
from letters.closings import closing
from letters.deliveries import FORMATS, besides, how, mode
from letters.introductions import beforehand
from letters.meters import left
from letters.quiet_hours import beforehand as hours_beforehand
from letters.quiet_hours import sentence
from letters.ways import CATEGORIES, STOPPED, WAYS
from texts import say
from web import forms
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show what is chosen now."""
    choices = await ask.read(directory.choices, ask.me.person_id, now=ask.now)
    in_doubt = await ask.read(suppressions.of_person, ask.me.person_id)
    return ask.page(
        "me.html",
        choices=choices,
        categories=CATEGORIES,
        comes_by=_ways(ask),
        stopped=STOPPED,
        shown=await ask.read(beforehand, 0, by=ask.me.person_id),
        hours=await ask.read(hours_beforehand, 0, by=ask.me.person_id),
        quiet=sentence(ask.language, choices.hours),
        left=left,
        in_doubt=in_doubt,
        reason=reason,
        addresses=await ask.read(address_requests.of_person, ask.me.person_id),
        ways=[(way.value, mode(ask.language, way)) for way in Mode],
        formats=[(each.value, say(ask.language, words)) for each, words in FORMATS.items()],
        closed={
            each.mailing_list.id: closing(
                ask.language,
                each.mailing_list.closes_at,
                is_open=each.is_open,
                local=ask.site.house.local,
            )
            for each in choices.lists
        },
        how={each.mailing_list.id: _how(ask, each.chosen) for each in choices.lists},
    )


def _how(ask: Ask, chosen: Chosen | None) -> str:
    """Say how posts come, as far as the menu beside it does not say it."""
    if chosen is None:
        return how(ask.language, chosen, ask.site.house)
    return besides(ask.language, chosen, ask.site.house)


def _ways(ask: Ask) -> list[tuple[str, str]]:
    """Return the ways by which messages can come to this person: in Slack only who is there."""
    is_in_slack = ask.me.slack_id is not None
    return [
        (way.value, say(ask.language, words))
        for way, words in WAYS.items()
        if is_in_slack or way not in (Way.SLACK, Way.BOTH)
    ]


async def speak(ask: Ask) -> Response:
    """Write to this person in another language from now on."""
    language = ask.form.get("language", "")
    await ask.run(people.set_language, language, by=ask.me.person_id, now=ask.now)
    return ask.go("/me?done=person.speak")


async def deliver(ask: Ask) -> Response:
    """Have the posts of a list come in another way."""
    way, list_id = forms.one_of(ask.form, "mode", Mode), forms.whole(ask.form, "list_id")
    await ask.run(deliveries.set_mode, list_id, way, by=ask.me.person_id, now=ask.now)
    return ask.go("/me?done=mailing_list.deliver")


async def mail(ask: Ask) -> Response:
    """Choose what digests are written as, and which posts never come."""
    await ask.run(
        deliveries.set_mail,
        digest_format=forms.one_of(ask.form, "format", Format),
        gets_own=ask.form.get("gets_own") == "yes",
        gets_second=ask.form.get("gets_second") == "yes",
        by=ask.me.person_id,
        now=ask.now,
    )
    return ask.go("/me?done=mailing_list.deliver")


async def hear(ask: Ask) -> Response:
    """Have one kind of message come by another way, or not at all."""
    category, way = forms.one_of(ask.form, "category", Category), forms.one_of(ask.form, "way", Way)
    await ask.run(ways.choose, category, way, by=ask.me.person_id, now=ask.now)
    return ask.go("/me?done=person.choose_way")
