"""What was read from a mail, as the community takes it: a post, or a moderator's answer. Pure."""

from community import docket_replies
from community.attachments import Attached
from community.emails import normalised
from community.received import Received
from mailing import authentication, commands, reply_words
from mailing.intake import Facts
from mailing.listener import Envelope
from texts import Language


def docket_reply(facts: Facts) -> docket_replies.Given:
    """Hand over to the community what a moderator has answered about posts."""
    return _given(facts, reply_words.read(facts.text, name=facts.from_name))


def join_reply(facts: Facts) -> docket_replies.Given:
    """Hand over to the community what a moderator has answered about one who wants to join."""
    return _given(facts, reply_words.read_about_one(facts.text, name=facts.from_name))


def _given(facts: Facts, answer: reply_words.Answer) -> docket_replies.Given:
    proof, _ = authentication.proof(facts.authentication, facts.from_addresses)
    return docket_replies.Given(
        fingerprint=facts.fingerprint,
        from_addresses=facts.from_addresses,
        proof=proof,
        said=answer.said,
        text=answer.text,
    )


def received(facts: Facts, envelope: Envelope, *, language: Language = "en") -> Received:
    """Hand over to the community what was read from the bytes.

    `language` is the house's, for who writes in neither.
    """
    found = facts.authentication
    proof, proof_domain = authentication.proof(found, facts.from_addresses)
    nearest_first = (facts.in_reply_to, *reversed(facts.references))
    return Received(
        raw=envelope.raw,
        sender=envelope.sender,
        message_id=facts.message_id,
        fingerprint=facts.fingerprint,
        subject=facts.subject,
        from_name=facts.from_name,
        from_addresses=facts.from_addresses,
        answers=tuple(dict.fromkeys(answer for answer in nearest_first if answer)),
        text=facts.text,
        is_automatic=facts.is_automatic,
        list_ids=facts.list_ids,
        is_unreadable=facts.unreadable is not None,
        unreadable=facts.unreadable or "",
        proof=proof,
        proof_domain=proof_domain,
        authentication=str(found),
        to_addresses=tuple(dict.fromkeys(map(normalised, facts.to_addresses + facts.cc_addresses))),
        attachments=tuple(Attached(**vars(each)) for each in facts.attachments),
        language=commands.language_of(facts, language),
    )
