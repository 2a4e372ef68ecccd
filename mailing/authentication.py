"""What was found out about a mail's sender: SPF, DKIM, DMARC, and the chain of who handed it on.

By our own border host: only fields that bear its configured name are read (RFC 8601 §5), for
anybody can write the others. Or by ourselves (`checking.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from community.cases import Proof
from mailing import chains
from mailing.headers import Field, Parted

_COMMENT = re.compile(r"\([^()]*\)")
_MOST_DEPTH = 20
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"(spf|dkim|dmarc|arc)\s*=\s*([a-z]{2,12})", re.IGNORECASE)
# Whole or not at all: strangers choose what stands before the @, and may begin it with a domain.
_DOMAIN = r"[\"<]?(?:[^\s@;\"<>]*@)?([a-z0-9._-]{1,253})>?(?![^\s;\"])"
_SIGNER = re.compile(rf"(?<!\S)header\.[di]\s*=\s*{_DOMAIN}", re.IGNORECASE)
_MAILFROM = re.compile(rf"(?<!\S)smtp\.mailfrom\s*=\s*{_DOMAIN}", re.IGNORECASE)
_FROM = re.compile(rf"(?<!\S)header\.from\s*=\s*{_DOMAIN}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """Results of our own host; None for what it did not test."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    #: The From domain that DMARC was tested against.
    dmarc_domain: str | None = None
    #: The envelope's domain, if SPF passed for it.
    spf_domain: str | None = None
    #: The domains whose signatures are good.
    dkim_domains: tuple[str, ...] = ()
    #: Whether the chain of who handed it on is whole (RFC 8617): none, pass or fail.
    arc: str | None = None
    #: The domains that a trusted sealer of that chain found to vouch for the mail.
    sealed_domains: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write the results as RFC 8601 §2.2 has them, without the name of who found them."""
        results = [
            ("spf", self.spf, "smtp.mailfrom", self.spf_domain),
            *(("dkim", self.dkim, "header.d", domain) for domain in self.dkim_domains or (None,)),
            ("dmarc", self.dmarc, "header.from", self.dmarc_domain),
            ("arc", self.arc, "", None),
        ]
        return "; ".join(
            f"{method}={result}" + (f" {of}={domain}" if domain else "")
            for method, result, of, domain in results
            if result
        )

    def vouches_for(self, domain: str) -> bool:
        """Tell whether DMARC passed for exactly this From domain."""
        stated = self.dmarc_domain
        return self.dmarc == "pass" and (stated is None or stated == domain.casefold())


def is_ours(field: Field, authserv_id: str) -> bool:
    """Tell whether an Authentication-Results field bears our own name."""
    if field.name != "authentication-results" or not authserv_id:
        return False
    stated = _COMMENT.sub("", field.value[:4096].decode("latin-1")).partition(";")[0].split()
    return bool(stated) and stated[0].casefold() == authserv_id.casefold()


def read(parted: Parted, *, authserv_id: str, trusted_sealers: str = "") -> Authentication:
    """Read the results of our own host; the topmost counts, for it was written last.

    `trusted_sealers` are domains, separated by commas, whose word counts in a whole chain.
    """
    ours = (field for field in parted.fields if is_ours(field, authserv_id))
    found = _found(entry for field in ours for entry in _plain(field.value).split(";")[1:])
    return with_sealed(found, parted, trusted_sealers=trusted_sealers)


def kept(results: str) -> Authentication:
    """Read again what `str` of an Authentication has written."""
    return _found(results.split(";"))


def with_sealed(found: Authentication, parted: Parted, *, trusted_sealers: str) -> Authentication:
    """Add what the last sealer of a whole chain found, if its word counts."""
    if found.arc != "pass" or not trusted_sealers:
        return found
    try:
        sets = chains.read(parted)
    except chains.Broken:
        return found
    if chains.sealer(sets) not in trusted_sealers.split(","):
        return found
    entries = _plain(sets[-1].results.value).split(";")
    there = _found(entries[2:])  # after the set's number and the host's name
    vouching = [*there.dkim_domains, there.spf_domain]
    if there.dmarc == "pass":
        vouching.append(there.dmarc_domain)
    return replace(found, sealed_domains=tuple(dict.fromkeys(filter(None, vouching))))


def _found(entries: Iterable[str]) -> Authentication:
    found: dict[str, str] = {}
    signers: list[str] = []
    for entry in entries:
        _note(entry.strip(), found, signers)
    return Authentication(
        spf=found.get("spf"),
        dkim=found.get("dkim"),
        dmarc=found.get("dmarc"),
        dmarc_domain=found.get("dmarc-of"),
        spf_domain=found.get("spf-of") if found.get("spf") == "pass" else None,
        dkim_domains=tuple(dict.fromkeys(signers)),
        arc=found.get("arc"),
    )


def _plain(value: bytes) -> str:
    """Leave out comments, and what is quoted unless it is a name: strangers write there.

    The envelope's sender is repeated by our host, and may be `"; dmarc=pass header.from=x"@evil`.
    """

    def kept(match: re.Match[str]) -> str:
        return match.group(1) if re.fullmatch(r"[A-Za-z0-9.@_-]*", match.group(1)) else ""

    text = _QUOTED.sub(kept, value[:4096].decode("latin-1"))
    for _depth in range(_MOST_DEPTH):
        text, before = _COMMENT.sub("", text), text
        if text == before:
            break
    # What is still open is a comment to its end; the sign stays, as what it cuts is not whole.
    said, opened, _ = text.partition("(")
    return said + opened


def _note(entry: str, found: dict[str, str], signers: list[str]) -> None:
    match = _RESULT.match(entry)
    if not match:
        return
    method, result = match.group(1).lower(), match.group(2).lower()
    if method == "dkim" and result == "pass":
        found["dkim"] = "pass"  # one good signature of several is enough
        signers += [domain.casefold() for domain in _SIGNER.findall(entry)]
    elif method not in found:
        found[method] = result
        of = {"dmarc": _FROM, "spf": _MAILFROM}.get(method)
        if of is not None and (stated := of.search(entry)):
            found[f"{method}-of"] = stated.group(1).casefold()
        elif (method, result) == ("dmarc", "pass") and "header.from" in entry.lower():
            found[method] = "permerror"  # it vouches for somebody, and nobody can say for whom


def proof(found: Authentication, from_addresses: tuple[str, ...]) -> tuple[Proof, str]:
    """Say whether the mail comes from its From domain, and which domain vouches or objects.

    DMARC's own answer counts, and that of a host we trust which handed the mail on; where the
    domain has no such policy, a signature or an envelope of the same domain does.
    Source: RFC 7489 §3.1 (relaxed alignment).
    """
    if len(from_addresses) != 1:
        return (Proof.NONE, "") if str(found) else (Proof.UNKNOWN, "")
    domain = from_addresses[0].rpartition("@")[2].casefold()
    if found.vouches_for(domain):
        return Proof.PASS, domain
    for vouching in found.sealed_domains:  # before DMARC: it fails where others handed a mail on
        if _is_aligned(vouching, domain):
            return Proof.PASS, vouching
    if found.dmarc == "fail":
        return Proof.FAIL, domain
    for vouching in (*found.dkim_domains, *filter(None, (found.spf_domain,))):
        if _is_aligned(vouching, domain):
            return Proof.PASS, vouching
    results = {found.spf, found.dkim, found.dmarc}
    return (Proof.UNKNOWN, "") if results <= {None, "temperror"} else (Proof.NONE, "")


def _is_aligned(vouching: str, domain: str) -> bool:
    """Tell whether two domains are one house: equal, or one below the other."""
    shorter, longer = sorted((vouching.rstrip("."), domain), key=len)
    return "." in shorter and (longer == shorter or longer.endswith(f".{shorter}"))
