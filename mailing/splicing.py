"""What is spliced into a post of a list: everything about its copies that is decided, and why.

Pure: the post, its list's policy and what the author's domain wants in, a Splice out. `compose.py`
writes it, `departing.py` asks and keeps.
"""

from community.departures import Leaving, Manner
from letters.letter import House
from mailing import addresses
from mailing.addresses import Address, NotAnAddress
from mailing.compose import Splice, Via


def author(leaving: Leaving) -> Address | None:
    """Return the author's address, if the mail says plainly who that is."""
    try:
        return addresses.parse(leaving.from_email)
    except NotAnAddress:
        return None


def is_own(domain: str, own_domains: tuple[str, ...]) -> bool:
    """Say whether a domain is one of ours, for which our relay may send, or below one."""
    return any(domain == own or domain.endswith(f".{own}") for own in own_domains)


def domain_to_ask(leaving: Leaving, own_domains: tuple[str, ...]) -> str | None:
    """Return the domain whose wish decides who stands in From; None if that is clear without."""
    who = author(leaving)
    if leaving.policy.from_munging != "dmarc" or who is None or is_own(who.domain, own_domains):
        return None
    return who.domain


def manner(leaving: Leaving, *, forbids: bool, own_domains: tuple[str, ...]) -> Manner:
    """Decide how a post leaves; `forbids` is what the author's domain wants.

    Only `always` touches our own domains' mail: colleagues are to see who wrote, and the relay
    signs for them.
    """
    who, wanted = author(leaving), leaving.policy.from_munging
    to_list = leaving.policy.reply_to == "list"
    in_own_name = str(who) == leaving.source.list_address
    if who is None or in_own_name or wanted == "never":
        return Manner(is_munged=False, to_list=to_list)
    is_munged = wanted == "always" or (forbids and not is_own(who.domain, own_domains))
    return Manner(is_munged=is_munged, to_list=to_list)


def splice(leaving: Leaving, how: Manner, *, house: House, authserv_id: str) -> Splice:
    """Return all that is written into the copies of a post."""
    source, url = leaving.source, house.public_url
    name, _, domain = source.list_address.partition("@")
    post_address = addresses.parse(source.list_address)
    return Splice(
        list_id=source.list_address.replace("@", "."),
        list_name=name,
        post_address=post_address,
        help_url=f"{url}/lists/{source.list_address}/rules",
        owner_address=addresses.beside(name, "owner", domain),
        tag=name,
        subject=source.subject,
        archive_url=f"{url}/lists/{source.list_address}",
        archived_at=f"{url}/posts/{source.post_id}",
        message_id=source.message_id,
        authserv_id=authserv_id,
        via=_via(leaving, name, post_address) if how.is_munged else None,
        to_list=how.to_list,
    )


def _via(leaving: Leaving, name: str, post_address: Address) -> Via | None:
    """Write `"Ada Holm via postdocs" <postdocs@…>`; never the author's address as a name.

    An address before our own looks like a forgery to spam filters, and to people too.
    """
    who = author(leaving)
    if who is None:
        return None
    shown = " ".join(_printable(leaving.from_name).split())
    visible = shown if "@" not in shown else ""
    return Via(
        shown=f"{visible or who.local} via {name}",
        address=post_address,
        author_shown=shown,
        author=who,
    )


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
