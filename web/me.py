"""What one person has chosen: the language, the lists, and what is written to them by itself."""

from starlette.responses import Response

from community import directory, people, suppressions
from community.errors import Refusal
from community.people import Topic
from web.asking import Ask
from web.words import TOPICS


async def show(ask: Ask) -> Response:
    """Show what is chosen now."""
    choices = await ask.read(directory.choices, ask.me.person_id)
    in_doubt = await ask.read(suppressions.of_person, ask.me.person_id)
    return ask.page("me.html", choices=choices, topics=TOPICS, in_doubt=in_doubt)


async def speak(ask: Ask) -> Response:
    """Write to this person in another language from now on."""
    language = ask.form.get("language", "")
    await ask.run(people.set_language, language, by=ask.me.person_id, now=ask.now)
    return ask.go("/me?done=person.speak")


async def hear(ask: Ask) -> Response:
    """Stop one kind of message, or let it come again."""
    chosen = ask.form.get("topic", "")
    if chosen not in list(Topic):
        raise Refusal("Something is not filled in yet.")
    act = people.unmute if ask.form.get("comes") == "yes" else people.mute
    await ask.run(act, Topic(chosen), by=ask.me.person_id, now=ask.now)
    return ask.go("/me?done=person.mute")
