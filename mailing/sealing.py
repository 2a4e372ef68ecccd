"""Seals a post that we hand on (ARC): says what was found when it came, and signs what leaves.

Receivers who trust us can then believe in an author whose own signature we had to break. One set
serves all copies of a post: it covers none of the fields that a copy has for itself.
Source: RFC 8617 §5.1.
"""

from datetime import datetime

from letters import field_lines
from mailing import authentication, canonical, chains, headers, signing
from mailing.chains import ArcSet, Broken
from mailing.headers import Parted
from mailing.signing import Signer


def seal(signer: Signer, *, head: bytes, bh: str, host: str, results: str, at: datetime) -> bytes:
    """Return the three fields of our set, which belong above all others.

    `bh` is the body's `signing.body_hash`, `results` what `host` found (`str(Authentication)`).
    Empty where there is nothing to say: nobody has looked, nobody has checked the chain so far, or
    it is broken already and said so.
    """
    parted = headers.part(head)
    sets, state = _so_far(parted, authentication.kept(results).arc)
    number = chains.highest(parted) + 1
    if not results or not state or number > chains.MOST_SETS:
        return b""
    said = field_lines.line("ARC-Authentication-Results", f"i={number}; {host}; {results}")
    signed = _signed(signer, head=head, bh=bh, number=number, at=at)
    draft = signing.drafted(
        "ARC-Seal",
        i=str(number),
        a=signer.algorithm,
        cv=state,
        d=signer.domain,
        s=signer.selector,
        t=str(int(at.timestamp())),
    )
    # §5.1.2: of a broken chain only our own set is sealed.
    before = [field.raw for one in sets for field in one.fields] if state == "pass" else []
    return signing.field_signature(signer, [*before, said, signed], draft) + signed + said


def _so_far(parted: Parted, checked: str | None) -> tuple[tuple[ArcSet, ...], str]:
    """Find the sets that are there, and what our seal is to say of them; nothing: no seal."""
    try:
        sets = chains.read(parted)
    except Broken:
        return (), "fail"
    if not sets:
        return (), "none"
    if chains.state(sets) == "fail" or checked not in ("pass", "fail"):
        return sets, ""
    return sets, checked


def _signed(signer: Signer, *, head: bytes, bh: str, number: int, at: datetime) -> bytes:
    names = signing.names_of(head)
    draft = signing.drafted(
        "ARC-Message-Signature",
        i=str(number),
        a=signer.algorithm,
        c="relaxed/relaxed",
        d=signer.domain,
        s=signer.selector,
        t=str(int(at.timestamp())),
        h=":".join(names),
        bh=bh,
    )
    fields = canonical.selected(headers.part(head).fields, names)
    return signing.field_signature(signer, fields, draft)
