"""The wiring diagram: settings in, the parts of the service out. Nothing starts here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

import migrations
from app import vouching, ways_in
from app.pages import Pages
from community import (
    asking,
    bounces,
    channel_cards,
    moderators_channels,
    outbox,
    quiet_hours,
    suppressions,
)
from community.calendar import Calendar
from community.channel_cards import ChannelCard
from community.clock import Clock
from community.outbox import Channel, Notice
from community.parcels import Parcel
from community.people import Reader
from community.queues import Queue
from community.setbacks import Postponed
from community.store import Session, Store
from community.tokens import Tokens
from config.parsing import Endpoint
from config.settings import Settings
from letters import channel_cards as channel_letters
from letters import kinds
from letters.letter import House, Letter
from mailing import dns
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.extracting import Extractor
from mailing.fanout import PostSender
from mailing.listener import Listener
from mailing.notices import MailSender
from mailing.outgoing import Relay
from mailing.paces import Paces
from mailing.parser import Parser
from mailing.parsing_child import Limits
from mailing.polling import Polling
from mailing.reception import Reception
from mailing.signing import Signer
from mailing.webhook import Webhook
from scheduler.delivery import Deliverer, Room
from scheduler.jobs import Scheduler
from scheduler.lanes import Needless
from texts import Language
from web import app as web
from web.machines import Machines

if TYPE_CHECKING:
    from bot.app import Chat
    from bot.channel_sender import ChannelSender

AnyDeliverer = Deliverer[Notice] | Deliverer[Parcel] | Deliverer[ChannelCard]
#: Asks whether somebody wants to be left alone, and until when.
Rests = Callable[[Reader], Awaitable[datetime | None]]
#: In which queue the notices of a channel wait.
QUEUES = {Channel.MAIL: Queue.MAIL_NOTICES, Channel.SLACK: Queue.SLACK_NOTICES}
#: Each mail that is held has a letter to its author: those of a moment are claimed together.
GATHERS_SECONDS = 0.25
#: For so large a mail the parser's usual limit is made.
USUAL_MESSAGE_BYTES = 25 * 1024 * 1024


class Send(Protocol):
    """How a door sends a notice; `replaces` is where an earlier Slack message stands."""

    def __call__(
        self, notice: Notice, to: Reader, said: Letter, /, *, replaces: str | None
    ) -> Awaitable[str]:
        """Send one letter and return the far side's answer, or raise Undelivered."""
        ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that a running service is made of."""

    settings: Settings
    clock: Clock
    store: Store
    relay: Relay
    parser: Parser
    listeners: tuple[tuple[Endpoint, Listener], ...]
    #: None when no mailbox is to be looked into.
    polling: Polling | None
    scheduler: Scheduler
    deliverers: tuple[AnyDeliverer, ...]
    #: None without Slack settings: the service then runs without chat.
    chat: "Chat | None"
    pages: Pages


def parts(settings: Settings, store: Store, clock: Clock, *, parser: Parser | None = None) -> Parts:
    """Put the service together; `parser` reads its mails, if not one made by the settings.

    Raises: NotSafe when the settings name a key that cannot sign.
    """
    house = house_of(settings, store.calendar)
    relay = relay_of(settings, clock)
    chat = chat_of(settings, store.door("slack"), house, clock)
    signer = vouching.signer_of(settings)
    mail = MailSender(relay, house, mail_from=settings.mail_from, signer=signer)
    posts = PostSender(departures_of(settings, store, house, clock, signer=signer), relay, house)
    deliverers: list[AnyDeliverer] = [
        notices(store, clock, house, Channel.MAIL, mail.send, room=relay.room),
        Deliverer(
            store,
            clock,
            posts,
            claim=outbox.claim_deliveries,
            settle=bounces.settle,
            name=Queue.POSTS,
            room=relay.room,
        ),
    ]
    if chat is not None:
        send, rests = chat.sender(clock).send, chat.do_not_disturb(clock).until
        deliverers.append(notices(store, clock, house, Channel.SLACK, send, rests=rests))
        tongue = settings.default_language
        deliverers.append(cards(store, clock, house, chat.channel_sender(clock), tongue=tongue))
    parser = parser or parser_of(settings)
    reception = Reception(
        store.door("mail"),
        clock,
        house.tokens,
        parser,
        domain=settings.domain,
        language=settings.default_language,
        trust=vouching.trust_of(settings, parser, clock),
    )
    storage = ways_in.storage_of(settings, store, clock, reception)
    return Parts(
        settings=settings,
        clock=clock,
        store=store,
        relay=relay,
        parser=parser,
        listeners=tuple(ways_in.listeners(settings, storage)),
        polling=ways_in.polling(settings, storage, reception),
        scheduler=Scheduler(store.door("time"), clock),
        deliverers=tuple(deliverers),
        chat=chat,
        pages=pages(
            settings,
            store.door("web"),
            house,
            clock,
            chat=chat,
            mail=ways_in.webhook(settings, storage),
            extractor=Extractor(parser),
        ),
    )


def store_of(settings: Settings) -> Store:
    """Open the database that the settings name."""
    return Store(settings.database_url.get_secret_value(), Calendar(settings.timezone))


def relay_of(settings: Settings, clock: Clock) -> Relay:
    """Return the way out for mail, with its limits."""
    for_letters = max(1, settings.mail_connections // 10)
    paces = Paces(
        clock,
        per_second=settings.mail_rate,
        domains=settings.domain_rates,
        lines=settings.mail_connections - for_letters,
    )
    return Relay(
        settings.smtp_relay.get_secret_value(),
        hostname=settings.domain,
        connections=for_letters,
        paces=paces,
    )


def house_of(settings: Settings, calendar: Calendar) -> House:
    """Return who speaks."""
    return House(
        name=settings.service_name,
        public_url=settings.public_url,
        domain=settings.domain,
        calendar=calendar,
        tokens=Tokens(settings.secret_key.get_secret_value()),
    )


def parser_of(settings: Settings) -> Parser:
    """Return who reads mails; where larger ones are taken in, a mail may cost more memory."""
    times = max(1, settings.max_message_bytes / USUAL_MESSAGE_BYTES)
    return Parser(limits=Limits(memory_bytes=int(Limits().memory_bytes * times)))


def departures_of(
    settings: Settings, store: Store, house: House, clock: Clock, *, signer: Signer | None
) -> Departures:
    """Return who prepares posts for their way out; DNS is asked in a thread of its own."""

    async def texts(name: str) -> list[str]:
        return await asyncio.to_thread(dns.texts, name)

    return Departures(
        store,
        house,
        Dmarc(texts, clock),
        own_domains=settings.own_domains,
        authserv_id=settings.authserv_id or "",
        signer=signer,
    )


def _to_say(
    session: Session, notice: Notice, *, house: House, now: datetime
) -> tuple[Reader, Letter, str | None, datetime | None]:
    """Return what is said to whom, and until when it may wait at the most.

    Raises: Needless; setbacks.Postponed in the person's quiet hours; setbacks.Undelivered when the
    message that it brings up to date has not gone out yet.
    """
    written = kinds.write(session, notice, house=house)
    if written is None:
        raise Needless
    latest = quiet_hours.latest(session, notice, now=now)
    if latest is not None:
        until = quiet_hours.waits_until(session, notice.person_id, now=now)
        if until is not None and until <= latest:
            raise Postponed("these are this person’s quiet hours", until=until)
    try:
        return *written, outbox.replaced(session, notice), latest
    except outbox.NeverSaid:
        raise Needless from None


def notices(
    store: Store,
    clock: Clock,
    house: House,
    channel: Channel,
    send: Send,
    *,
    room: Room | None = None,
    rests: Rests | None = None,
) -> Deliverer[Notice]:
    """Return the deliverer of one channel: it asks for the words only when it sends.

    `rests` is asked about whom what can wait is for.
    """

    async def say(notice: Notice) -> str:
        now = clock.now()
        to, letter, replaces, latest = await store.read(_to_say, notice, house=house, now=now)
        if rests is not None and latest is not None:
            until = await rests(to)
            if until is not None and until <= latest:
                raise Postponed("this person is not to be disturbed", until=until)
        return await send(notice, to, letter, replaces=replaces)

    return Deliverer(
        store,
        clock,
        say,
        claim=partial(outbox.claim_notices, channel=channel),
        settle=suppressions.settle_notices,
        name=QUEUES[channel],
        room=room,
        gathers_seconds=GATHERS_SECONDS if channel is Channel.MAIL else 0.0,
    )


def cards(
    store: Store, clock: Clock, house: House, sender: "ChannelSender", *, tongue: Language
) -> Deliverer[ChannelCard]:
    """Return the deliverer of cards in moderators' channels, which looks who can read there."""

    async def show(card: ChannelCard) -> str:
        if await store.read(moderators_channels.is_stale, card.channel, now=clock.now()):
            trouble, reason = await sender.look(card.channel)
            seen = partial(moderators_channels.note, reason=reason, now=clock.now())
            await store.run(seen, card.channel, trouble)
        letter = await store.read(channel_letters.write, card, house=house, tongue=tongue)
        return await sender.send(card, letter)

    return Deliverer(
        store,
        clock,
        show,
        claim=channel_cards.claim,
        settle=asking.settle_cards,
        name=Queue.CARDS,
        lanes=1,
    )


def chat_of(settings: Settings, store: Store, house: House, clock: Clock) -> "Chat | None":
    """Return the Slack app, or None when the settings name no Slack."""
    if not settings.has_chat:
        return None
    # Imported here: Slack's libraries are a sixth of a process that has no chat.
    from app.bot_tokens import token_of
    from bot import app as bot

    secret, token = settings.slack_signing_secret, settings.slack_app_token
    return bot.build(
        store,
        house,
        clock,
        token=token_of(settings, clock),
        signing_secret=secret.get_secret_value() if secret else "",
        app_token=token.get_secret_value() if token else "",
        api_url=settings.slack_api_url,
    )


def pages(
    settings: Settings,
    store: Store,
    house: House,
    clock: Clock,
    *,
    chat: "Chat | None",
    mail: Webhook | None,
    extractor: Extractor,
) -> Pages:
    """Return the pages, and with them the doors for Slack and mails by HTTP where they are set."""
    by_http = chat is not None and settings.slack_signing_secret is not None

    async def schema() -> str:
        current = migrations.current(settings.database_url.get_secret_value())
        return "" if current == migrations.head() else "migrations are missing"

    application = web.build(
        store,
        house,
        clock,
        default_language=settings.default_language,
        machines=Machines(
            slack=chat.http if chat is not None and by_http else None,
            mail=mail,
            extract=extractor.take,
        ),
        checks=(("schema", schema),),
    )
    return Pages(application, settings.web_listen)
