"""A mail to the people behind a list, as they get it: its words, and the mail itself attached."""

from community.inquiries import Forwarded
from community.people import Reader
from letters.letter import House, Letter, language, named
from texts import say

#: More than that is in the attached mail.
MOST_SIGNS = 4_000


def receive(mail: Forwarded | None, to: Reader, house: House) -> Letter | None:
    """Pass a mail on; an answer goes to its author."""
    if mail is None:
        return None
    tongue = language(to)
    who = f"{mail.from_name} <{mail.from_email}>" if mail.from_name else mail.from_email
    subject = named(tongue, mail.subject)
    shorter = mail.text[:MOST_SIGNS].rstrip()
    why = (
        say(tongue, "You get this because you look after {address}.", address=mail.to_address)
        if mail.is_of_list
        else say(
            tongue,
            "You get this because you run {name}: it was written to {address}.",
            name=house.name,
            address=mail.to_address,
        )
    )
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=(
            say(
                tongue,
                "{who} has written to {address}. Your answer goes to the author.",
                who=who,
                address=mail.to_address,
            ),
        ),
        quote=shorter + ("…" if len(mail.text) > MOST_SIGNS else "") or None,
        why=why,
        reply_to=mail.from_email,
        attached=mail.raw,
    )
