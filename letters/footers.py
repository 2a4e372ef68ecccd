"""The words below the posts of a list: what they are, and where to choose how they come.

Every copy has the same words. A link of one person's own would stand in each answer that quotes the
mail, and whoever read it there could press (D7); a person's own way out is in the header.
"""

from community.policies import Policy
from letters.letter import House
from texts import N_, language_of, say

#: In ASCII in both languages, so that they can be written into every mail.
WHY = N_("This came because you are on {list}.")
ANSWERS = {
    "author": N_("Reply: to the author alone. Reply all: to the whole list."),
    "list": N_("Reply: to the whole list. The author alone: by the page below."),
    "coordinators": N_("Reply: to the coordinators. Reply all: to the whole list."),
}
CHOICES = N_("Digest instead, pause, mute this thread, or leave:")
_LANGUAGES = {"en": ("en",), "nb": ("nb",), "both": ("en", "nb")}


def words(
    policy: Policy, *, list_address: str, post_id: int, house: House, is_of_house: bool = False
) -> tuple[str, ...]:
    """Return the lines of a footer; none where the list wants none. The last is a link.

    `is_of_house`: the list itself has written the post.
    """
    tongues = [language_of(each) for each in _LANGUAGES.get(policy.footer, ())]
    if not tongues:
        return ()
    own = [policy.footer_words] if policy.footer_words else None
    why = own or [say(tongue, WHY, list=list_address) for tongue in tongues]
    choices = [say(tongue, CHOICES) for tongue in tongues]
    whom = "coordinators" if is_of_house else policy.reply_to
    answers = [say(tongue, ANSWERS[whom]) for tongue in tongues]
    return (*why, *answers, *choices, f"{house.public_url}/posts/{post_id}/choices")
