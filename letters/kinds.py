"""Every kind of notice: what it asks the community, and which words it makes of the answer.

A door that is about to send a notice calls `write`; None means that it no longer applies, and the
scheduler cancels it instead of sending something that has become untrue.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from community import (
    address_requests,
    chat_tokens,
    docket_replies,
    gathering_cards,
    haste,
    holds,
    inquiries,
    issues,
    join_cards,
    join_replies,
    mailed_commands,
    moderators_channels,
    onboarding,
    people,
    progress,
    sessions,
    stays,
    welcomes,
)
from community import announcements as announcement_acts
from community import bounces as bounce_acts
from community import dockets as docket_acts
from community import forwards as forward_acts
from community import linking as linking_acts
from community import meetups as meetup_acts
from community import overflows as overflow_acts
from community import suppressions as suppression_acts
from community import withdrawals as withdrawal_acts
from community.lists import MailingList
from community.outbox import Notice
from community.people import Reader
from community.store import Session
from letters import address_requests as address_letters
from letters import (
    announcements,
    bounces,
    channel_cards,
    digests,
    dockets,
    forwards,
    gatherings,
    linking,
    meetings,
    meetups,
    mentorships,
    overflows,
    posts,
    reports,
    sign_in,
    withdrawals,
)
from letters import chat_tokens as token_letters
from letters import haste as haste_letters
from letters import inquiries as inquiry_letters
from letters import join_replies as join_reply_letters
from letters import join_requests as join_letters
from letters import mailed_commands as command_letters
from letters import onboarding as onboarding_letters
from letters import stays as stay_letters
from letters import welcomes as welcome_letters
from letters.letter import House, Letter

#: What a kind's words are made of; each pair agrees on its own type.
View = Any
Question = Callable[[Session, Notice], View]
Words = Callable[[View, Notice, Reader, House], Letter | None]


@dataclass(frozen=True)
class Kind:
    """One kind of notice."""

    question: Question
    words: Words


def _post(session: Session, notice: Notice) -> View:
    return holds.card(session, notice.object_id)


def _overflow(session: Session, notice: Notice) -> View:
    return overflow_acts.card(session, notice.object_id)


def _outbound(session: Session, notice: Notice) -> View:
    return withdrawal_acts.told(session, notice)


def _forwarded(session: Session, notice: Notice) -> View:
    return forward_acts.shown(session, notice.object_id)


def _meetup(session: Session, notice: Notice) -> View:
    return meetup_acts.card(session, notice.object_id, reader_id=notice.person_id)


def _gathering(session: Session, notice: Notice) -> View:
    return gathering_cards.card(session, notice.object_id, reader_id=notice.person_id)


def _announcement(session: Session, notice: Notice) -> View:
    return announcement_acts.card(session, notice.object_id)


def _standing(session: Session, notice: Notice) -> View:
    return bounce_acts.of_post(session, notice.object_id)


def _mailing_list(session: Session, notice: Notice) -> View:
    return session.get(MailingList, notice.object_id)


def _address(session: Session, notice: Notice) -> View:
    return suppression_acts.card(session, notice.object_id)


def _digest(session: Session, notice: Notice) -> View:
    return issues.still_wanted(session, notice.object_id)


def _plain(words: Callable[[View, Reader, House], Letter | None]) -> Words:
    """Adapt words that do not look at the notice."""
    return lambda view, notice, to, house: words(view, to, house)


def _pair(session: Session, notice: Notice) -> View:
    return progress.of_pair(session, notice.object_id)


def _meeting(session: Session, notice: Notice) -> View:
    return progress.of_meeting(session, notice.object_id)


def _link(session: Session, notice: Notice) -> View:
    return linking_acts.card(session, notice.object_id)


def _docket(session: Session, notice: Notice) -> View:
    return docket_acts.issue(session, notice.object_id)


def _answered(session: Session, notice: Notice) -> View:
    shown = docket_replies.shown(session, notice.object_id)
    cards = {card.post_id: card for card in holds.some(session, list(shown.posts.values()))}
    return shown, {number: cards[post_id] for number, post_id in shown.posts.items()}


def _answer(view: View, to: Reader, house: House) -> Letter:
    shown, cards = view
    return dockets.answer(shown, cards, to, house)


def _noted(session: Session, notice: Notice) -> View:
    return docket_replies.shown(session, notice.object_id)


def _counted(session: Session, notice: Notice) -> View:
    return holds.crowd(session, notice.object_id)


def _channel(session: Session, notice: Notice) -> View:
    return moderators_channels.watched(session, notice.object_id)


def _onboarding(session: Session, notice: Notice) -> View:
    return onboarding.about(session, notice.person_id, now=notice.due_at)


def _sign_in(session: Session, notice: Notice) -> View:
    return sessions.asked_at(session, notice.object_id)


def _join_request(session: Session, notice: Notice) -> View:
    return join_cards.card(session, notice.object_id)


def _join_reply(session: Session, notice: Notice) -> View:
    return join_replies.shown(session, notice.object_id)


def _welcome(session: Session, notice: Notice) -> View:
    return welcomes.about(session, notice.object_id, notice.person_id, now=notice.due_at)


def _asked(session: Session, notice: Notice) -> View:
    about = (notice.object_id, notice.person_id, notice.detail)
    return mailed_commands.about(session, *about, now=notice.due_at)


def _inquiry(session: Session, notice: Notice) -> View:
    return inquiries.forwarded(session, notice.object_id)


def _hurried(session: Session, notice: Notice) -> View:
    return haste.who(session, notice.object_id)


def _ending(session: Session, notice: Notice) -> View:
    me = notice.person_id
    return stays.ending(session, me), stays.needed(session, me)


def _needed(session: Session, notice: Notice) -> View:
    return stays.needed(session, notice.object_id)


def _refused(session: Session, notice: Notice) -> View:
    return chat_tokens.code_of(notice.detail)


def _address_request(session: Session, notice: Notice) -> View:
    return address_requests.card(session, notice.object_id)


KINDS: dict[str, Kind] = {
    "person.link": Kind(_link, _plain(linking.link)),
    "person.welcome": Kind(_onboarding, _plain(onboarding_letters.welcome)),
    "post.hold": Kind(_post, _plain(posts.hold)),
    "post.count": Kind(_counted, _plain(posts.count)),
    "docket.ask": Kind(_docket, _plain(dockets.ask)),
    "docket.answer": Kind(_answered, _plain(_answer)),
    "docket.note": Kind(_noted, _plain(dockets.note)),
    "post.accept": Kind(_outbound, withdrawals.on_its_way),
    "post.wait": Kind(_post, _plain(posts.wait)),
    "post.digest": Kind(_overflow, _plain(overflows.into_digest)),
    "post.return": Kind(_post, _plain(posts.send_back)),
    "post.turn_back": Kind(_post, _plain(forwards.turn_back)),
    "post.forward": Kind(_forwarded, _plain(forwards.forward)),
    "post.pass_on": Kind(_forwarded, _plain(forwards.pass_on)),
    "post.report": Kind(_post, _plain(reports.report)),
    "post.answer": Kind(_forwarded, _plain(forwards.wish)),
    "post.refuse": Kind(_standing, _plain(bounces.refuse)),
    "moderators_channel.watch": Kind(_channel, _plain(channel_cards.watch)),
    "join_request.confirm": Kind(_join_request, join_letters.confirm),
    "join_request.wait": Kind(_join_request, join_letters.wait),
    "join_request.decline": Kind(_join_request, _plain(join_letters.decline)),
    "join_request.expire": Kind(_join_request, _plain(join_letters.expire)),
    "join_reply.answer": Kind(_join_reply, _plain(join_reply_letters.answer)),
    "join_reply.note": Kind(_join_reply, _plain(join_reply_letters.note)),
    "chat.refuse": Kind(_refused, _plain(token_letters.refused)),
    "person.alert": Kind(_hurried, _plain(haste_letters.alert)),
    "person.end_stay": Kind(_ending, stay_letters.end),
    "person.keep_role": Kind(_needed, stay_letters.keep),
    "address_request.confirm": Kind(_address_request, _plain(address_letters.confirm)),
    "inquiry.receive": Kind(_inquiry, _plain(inquiry_letters.receive)),
    "mailing_list.welcome": Kind(_welcome, _plain(welcome_letters.welcome)),
    "mailing_list.answer": Kind(_asked, _plain(command_letters.answer)),
    "mailing_list.complain": Kind(_mailing_list, _plain(bounces.complain)),
    "address.probe": Kind(_address, bounces.probe),
    "address.suppress": Kind(_address, bounces.suppress),
    "digest.return": Kind(_post, _plain(digests.give_back)),
    "digest.publish": Kind(_digest, digests.publish),
    "meetup.propose": Kind(_meetup, meetups.propose),
    "meetup.invite": Kind(_meetup, meetups.invite),
    "meetup.uninvite": Kind(_meetup, meetups.uninvite),
    "meetup.join": Kind(_meetup, meetups.join),
    "meetup.leave": Kind(_meetup, meetups.leave),
    "meetup.cancel": Kind(_meetup, meetups.cancel),
    "gathering.publish": Kind(_gathering, gatherings.publish),
    "gathering.invite": Kind(_gathering, gatherings.invite),
    "gathering.uninvite": Kind(_gathering, gatherings.uninvite),
    "gathering.remind": Kind(_gathering, gatherings.remind),
    "gathering.cancel": Kind(_gathering, gatherings.cancel),
    "announcement.send": Kind(_announcement, _plain(announcements.send)),
    "announcement.late": Kind(_announcement, announcements.late),
    "mentorship.nudge": Kind(_pair, mentorships.nudge),
    "mentorship.offer": Kind(_pair, mentorships.offer),
    "mentorship.watch": Kind(_pair, mentorships.watch),
    "meeting.invite": Kind(_meeting, meetings.invite),
    "meeting.decline": Kind(_meeting, meetings.decline),
    "meeting.remind": Kind(_meeting, meetings.remind),
    "sign_in.link": Kind(_sign_in, sign_in.link),
}


def write(session: Session, notice: Notice, *, house: House) -> tuple[Reader, Letter] | None:
    """Return the reader of a notice and its letter, or None when it no longer applies.

    For many at once: `together.py`.
    """
    kind = KINDS[notice.kind]
    to = people.reader(session, notice.person_id)
    letter = kind.words(kind.question(session, notice), notice, to, house)
    return None if letter is None else (to, letter)
