"""The form in which a coordinator chooses the channel where the moderators of a list decide."""

from collections.abc import Sequence

from bot.blocks import answers, kit
from bot.blocks.kit import Json
from community.lists import MailingList
from community.moderators_channels import Trouble
from letters.channel_cards import TROUBLES
from texts import Language, say

FORM = "mailing_list.choose_channel"
LIST, CHANNEL = "list_id", "channel"


def form(language: Language, lists: Sequence[MailingList]) -> Json:
    """Return the form: which list, and which channel; none for direct messages."""
    chosen = next((each.policy.moderators_channel for each in lists), "")
    picker: Json = {
        "type": "conversations_select",
        "placeholder": kit.plain(say(language, "A private channel"), 150),
        "filter": {
            "include": ["private", "public"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    if chosen:
        picker["initial_conversation"] = chosen
    choices = [(str(each.id), each.address) for each in lists]
    return kit.modal(
        FORM,
        say(language, "Moderators’ channel"),
        [
            kit.words(
                say(
                    language,
                    "Posts that wait stand in one channel, one card for all moderators of the "
                    "list. First invite the app there: /invite @Samband. Leave the channel empty "
                    "to have each moderator told alone.",
                )
            ),
            kit.asked(LIST, say(language, "List"), kit.menu(LIST, choices, choices[0][0])),
            kit.asked(CHANNEL, say(language, "Channel"), picker, optional=True),
        ],
        submit=say(language, "Choose"),
        close=say(language, "Close"),
    )


def chosen(language: Language, address: str, *, trouble: Trouble, has_channel: bool) -> Json:
    """Say what was chosen, and what is wrong with it."""
    done = (
        say(language, "Cards of {list} stand in that channel from now on.", list=address)
        if has_channel
        else say(language, "Moderators of {list} get direct messages from now on.", list=address)
    )
    more = [] if trouble is Trouble.NONE else [kit.words(say(language, TROUBLES[trouble]))]
    return answers.closing(language, done, *more)
