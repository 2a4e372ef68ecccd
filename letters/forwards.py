"""What is said about a mail that does not go to the list: given back, sent on, or answered."""

from community.forwards import Forwarded
from community.holds import HeldPost
from community.people import Reader
from community.posting_rules import BY_NAME
from letters.actions import button
from letters.letter import House, Letter, language, named
from texts import Language, say


def turn_back(post: HeldPost, to: Reader, house: House) -> Letter:
    """Give a post back at once, with the rule that returned it and what to do instead."""
    tongue = language(to)
    rule = BY_NAME[post.rule]
    instead = (say(tongue, rule.instead, **post.policy),) if rule.instead else ()
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "Not sent to the list: {subject}",
            subject=named(tongue, post.subject),
        ),
        paragraphs=(
            say(tongue, rule.because, **post.policy),
            *instead,
            say(tongue, "Nobody else has seen it. This is how it began:"),
        ),
        facts=(
            (say(tongue, "List"), post.list_address),
            rules_page(tongue, post.list_address, house),
        ),
        quote=post.excerpt,
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def rules_page(tongue: Language, address: str, house: House) -> tuple[str, str]:
    """Return where the rules of a list stand, as a fact of a letter."""
    return say(tongue, "Posting rules"), f"{house.public_url}/lists/{address}/rules"


def forward(mail: Forwarded, to: Reader, house: House) -> Letter:
    """Bring a mail to whom it concerns; an answer goes to who wrote it, and to nobody else."""
    tongue = language(to)
    author = f"{mail.from_name} <{mail.from_email}>" if mail.from_name else mail.from_email
    if mail.is_thanks:
        opening = say(
            tongue,
            "This answers your post. As it only thanks or agrees, you alone get it.",
        )
        subject = named(tongue, mail.subject)
        why = say(tongue, "You get this because you wrote to {list}.", list=mail.list_address)
    else:
        opening = say(
            tongue,
            "Somebody who is not on the list has written to it. You get it instead of the list; "
            "answer to reach them.",
        )
        subject = say(
            tongue,
            "From outside to {list}: {subject}",
            list=mail.list_address.partition("@")[0],
            subject=named(tongue, mail.subject),
        )
        why = say(tongue, "You get this because you look after {list}.", list=mail.list_address)
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=(opening,),
        facts=((say(tongue, "From"), author), (say(tongue, "List"), mail.list_address)),
        quote=mail.text,
        why=why,
        reply_to=mail.from_email,
    )


def pass_on(mail: Forwarded, to: Reader, house: House) -> Letter:
    """Tell the author who has the mail, as it did not go to the list."""
    tongue = language(to)
    if mail.is_thanks:
        subject = say(
            tongue, "Your thanks have arrived: {subject}", subject=named(tongue, mail.subject)
        )
        told: tuple[str, ...] = (
            say(
                tongue,
                "Whom you answered has your words. They did not go to the whole list, which keeps "
                "it quiet for everybody. If you have more to say, write a few words more.",
            ),
        )
    else:
        subject = say(
            tongue,
            "Your mail is with the coordinators: {subject}",
            subject=named(tongue, mail.subject),
        )
        told = _passed_on(mail, tongue, house)
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=told,
        facts=((say(tongue, "List"), mail.list_address),),
        why=say(tongue, "You get this because you wrote to {list}.", list=mail.list_address),
    )


def _passed_on(mail: Forwarded, tongue: Language, house: House) -> tuple[str, ...]:
    """Say what comes next for a mail from outside, and how to reach everybody."""
    page = f"{house.public_url}/lists/{mail.list_address}/join"
    return (
        say(
            tongue,
            "Only people on the list write to it, so your mail went to those who look after it, "
            "and to nobody else.",
        ),
        say(
            tongue,
            "They read it, and write to you if they have an answer. You need not send it again.",
        ),
        say(tongue, "Do you want to be on the list? Ask here: {page}", page=page)
        if mail.takes_guests
        else say(tongue, "Are you on the list with another address? Then write from that one."),
    )


def wish(mail: Forwarded, to: Reader, house: House) -> Letter:
    """Answer who asked the list to leave it, or for help: everything is one press away."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "What you want of {list} is one press away",
            list=mail.list_address.partition("@")[0],
        ),
        paragraphs=(
            say(
                tongue,
                "You wrote “{subject}” to the list. It looks like a word to us, so nobody on the "
                "list has seen it, and nothing has changed yet. Press what you want:",
                subject=mail.subject or mail.text.strip().partition("\n")[0][:60],
            ),
        ),
        buttons=(
            button(tongue, "mailing_list.leave", mail.list_id),
            button(tongue, "mailing_list.digest", mail.list_id),
            button(tongue, "mailing_list.weekly", mail.list_id),
            button(tongue, "mailing_list.pause", mail.list_id),
        ),
        facts=((say(tongue, "List"), mail.list_address),),
        why=say(tongue, "You get this because you wrote to {list}.", list=mail.list_address),
    )
