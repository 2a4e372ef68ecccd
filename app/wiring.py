"""The wiring diagram: settings in, the parts of the service out. Nothing starts here."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import migrations
from app import deliverers, vouching, ways_in
from app.deliverers import AnyDeliverer
from app.pages import Pages
from community import bounces, outbox
from community.calendar import Calendar
from community.clock import Clock
from community.outbox import Channel
from community.queues import Queue
from community.store import Store
from community.tokens import Tokens
from config.parsing import Endpoint
from config.settings import Settings
from letters.letter import House
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
from scheduler.delivery import Deliverer
from scheduler.jobs import Scheduler
from web import app as web
from web.machines import Machines

if TYPE_CHECKING:
    from bot.app import Chat

#: For so large a mail the parser's usual limit is made.
USUAL_MESSAGE_BYTES = 25 * 1024 * 1024


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
    carriers: list[AnyDeliverer] = [
        deliverers.notices(store, clock, house, Channel.MAIL, mail.send, room=relay.room),
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
        carriers.append(deliverers.notices(store, clock, house, Channel.SLACK, send, rests=rests))
        tongue = settings.default_language
        sender = chat.channel_sender(clock)
        carriers.append(deliverers.cards(store, clock, house, sender, tongue=tongue))
    parser = parser or parser_of(settings)
    reception = Reception(
        store.door("mail"),
        clock,
        house.tokens,
        parser,
        domain=settings.domain,
        language=settings.default_language,
        vouching=vouching.of(settings, parser, clock),
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
        deliverers=tuple(carriers),
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
    return Pages(application, settings.web_listen, proxies=settings.trusted_proxies)
