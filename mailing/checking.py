"""Checks the signatures of a mail that came in, DKIM's and ARC's; runs in the parser's child.

The child has no network: `wanted` says which keys to ask DNS for, the service asks, and `check`
gets the answers. Pure; never raises, whatever the bytes and the answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mailing import authentication, canonical, chains, gate, headers, signatures
from mailing.authentication import Authentication
from mailing.chains import ArcSet, Broken
from mailing.headers import Parted
from mailing.signatures import MOST_SIGNATURES, NotWhole, Signature

if TYPE_CHECKING:
    from mailing.public_keys import PublicKey

#: So many names are asked for, for one mail.
MOST_KEYS = 10
#: By name; None for one that gives no answer now.
Answers = Mapping[str, Sequence[str] | None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The names whose TXT records are needed to check a mail."""

    key_names: tuple[str, ...]


def wanted(raw: bytes) -> Wanted:
    """Say which keys it takes to check a mail; at most MOST_KEYS names."""
    parted = headers.part(gate.normalised(raw))
    names = [each.key_name for each in _signatures(parted) if isinstance(each, Signature)]
    try:
        sets = chains.read(parted)
        sealed = [*chains.seals(sets), *(signatures.read(one.message) for one in sets[-1:])]
        names += [each.key_name for each in reversed(sealed)]
    except (Broken, NotWhole):
        pass  # no key mends that
    return Wanted(key_names=tuple(dict.fromkeys(names))[:MOST_KEYS])


def check(raw: bytes, *, answers: str, now: str, trusted_sealers: str = "") -> Authentication:
    """Check a mail's signatures; `answers` is JSON, of TXT records by name."""
    parted = headers.part(gate.normalised(raw))
    known, moment = json.loads(answers), datetime.fromisoformat(now)
    dkim, domains = _dkim(parted, known, now=moment)
    found = Authentication(dkim=dkim, dkim_domains=domains, arc=_arc(parted, known, now=moment))
    return authentication.with_sealed(found, parted, trusted_sealers=trusted_sealers)


def _signatures(parted: Parted) -> list[Signature | NotWhole]:
    found: list[Signature | NotWhole] = []
    for field in [*parted.named("dkim-signature")][:MOST_SIGNATURES]:
        try:
            found.append(signatures.read(field))
        except NotWhole as reason:
            found.append(reason)
    return found


#: What counts of several results: one good signature is enough, and one that may still be good
#: leaves it open.
_ORDER = ("pass", "temperror", "fail", "policy", "permerror", "neutral")


def _dkim(parted: Parted, answers: Answers, *, now: datetime) -> tuple[str, tuple[str, ...]]:
    results, domains = set(), []
    for each in _signatures(parted):
        try:
            if isinstance(each, NotWhole):
                raise each
            key = _key(each, answers)
            _check_one(each, parted, key, now=now)
            signatures.check_identity(each, key)
            results.add("pass")
            domains.append(each.domain)
        except NotWhole as reason:
            results.add(reason.result)
    best = next((result for result in _ORDER if result in results), "none")
    return best, tuple(dict.fromkeys(domains))


def _check_one(signature: Signature, parted: Parted, key: "PublicKey", *, now: datetime) -> None:
    try:
        signatures.check_message(signature, parted, key, now=now)
    except NotWhole as reason:
        if key.is_trial:  # §3.6.1: as if it were not signed
            raise NotWhole("neutral", "the domain is still trying") from reason
        raise


def _arc(parted: Parted, answers: Answers, *, now: datetime) -> str | None:
    """Check a chain (RFC 8617 §5.2); None if that cannot be said now."""
    try:
        sets = chains.read(parted)
        if not sets:
            return "none"
        seals = chains.seals(sets)
        message = signatures.read(sets[-1].message)
        if "arc-seal" in message.tags.get("h", "").lower():
            return "fail"
        signatures.check_message(message, parted, _key(message, answers), now=now)
        for count in range(len(sets), 0, -1):
            _check_seal(sets[:count], seals[count - 1], answers)
    except Broken:
        return "fail"
    except NotWhole as reason:
        return None if reason.result == "temperror" else "fail"
    return "pass"


def _check_seal(sets: tuple[ArcSet, ...], seal: Signature, answers: Answers) -> None:
    last = canonical.relaxed_field(canonical.without_signature(seal.raw))
    signatures.check_fields(seal, chains.sealed(sets), last, _key(seal, answers))


def _key(signature: Signature, answers: Answers) -> "PublicKey":
    from mailing import public_keys  # not at the top: it loads OpenSSL, 12 MB

    texts = answers.get(signature.key_name)
    if texts is None:
        raise NotWhole("temperror", "DNS gives no answer")
    try:
        return public_keys.read(texts)
    except public_keys.NoKey as reason:
        raise NotWhole("permerror", str(reason)) from reason
