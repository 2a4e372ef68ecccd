"""What stands below a post leads to the choices: a reader calms the list and follows one thread."""

import re

import pytest

from community import lists
from tests.stories.town import FORM, Town

pytestmark = pytest.mark.anyio

AMARA, PRIYA = "amara.okafor@example.org", "priya.raman@example.org"
LIST = "postdocs@lists.example.org"
BELOW = """
--
This came because you are on postdocs@lists.example.org.
Dette kommer fordi du er med i postdocs@lists.example.org.
Reply: to the author alone. Reply all: to the whole list.
Svar: bare til forfatteren. Svar alle: til hele listen.
Digest instead, pause, mute this thread, or leave:
Velg oppsamling eller pause, demp dette emnet, eller meld deg av:
"""
PRESSES = re.compile(r'action="/((?:mailing_lists/\d+/digest|threads/\d+/follow))"')


async def test_a_reader_comes_from_the_footer_to_digests_and_one_thread_at_once(
    town: Town,
) -> None:
    store, site = town.demo.parts.store, town.demo.parts.settings.public_url
    list_id = (await store.read(lists.by_address, LIST)).id
    await store.run(lists.set_policy, list_id, ("footer=both",), by=None, now=town.now)

    # Amara's post comes with a few lines below it, in both languages; the last is a link.
    await town.post(AMARA, "Grant writing", "Who joins?")
    [copy] = town.mails(PRIYA, "[postdocs] Grant")
    choices = town.link(copy, "choices")
    below = [line.rstrip() for line in copy.text.partition("Who joins?")[2].splitlines()]
    assert below[1:] == [*BELOW.splitlines(), choices]

    # Priya opens it, and is asked who she is; it gives no right to whoever reads it in a quote.
    away = await town.web.get(choices, follow_redirects=True)
    assert "Sign in" in away.text
    assert "This thread" not in away.text
    await town.web.post(f"{site}/sign-in", data={"email": PRIYA})
    await town.settle()
    await town.click(town.link(town.mails(PRIYA)[-1], "open"))
    page = await town.web.get(choices)
    assert "This thread" in page.text

    # One press puts the list into a daily digest, another has this thread come at once.
    form = dict(FORM.findall(page.text))
    paths = PRESSES.findall(page.text)
    assert sorted(path.rpartition("/")[2] for path in paths) == ["digest", "follow"]
    for path in paths:
        pressed = await town.web.post(f"{site}/{path}", data=form)
        assert pressed.status_code == 303
    assert "You follow it" in (await town.web.get(choices)).text

    # The answer comes at once, what is new does not.
    await town.write(AMARA, "Re: Grant writing", "Tuesday, then.", answers=copy.message_id)
    await town.write(AMARA, "Room to let", "From March.")
    await town.pass_grace()
    [first, answer] = town.mails(PRIYA, "Grant writing")
    assert (first.message_id, answer.text.split()[:2]) == (copy.message_id, ["Tuesday,", "then."])
    assert town.mails(PRIYA, "Room to let") == []
