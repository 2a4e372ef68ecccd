"""What our own border host found out about a mail's sender: SPF, DKIM, DMARC.

Only fields that bear our configured name are read (RFC 8601 §5): anybody can write the others.
"""

import re
from dataclasses import dataclass

from mailing.headers import Field, Parted

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(spf|dkim|dmarc)\s*=\s*([a-z]{2,12})", re.IGNORECASE)
_FROM = re.compile(r"header\.from\s*=\s*\"?([a-z0-9.-]{1,253})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """Results of our own host; None for what it did not test."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    #: The From domain that DMARC was tested against.
    dmarc_domain: str | None = None

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


def read(parted: Parted, *, authserv_id: str) -> Authentication:
    """Read the results of our own host; the topmost counts, for it was written last."""
    found: dict[str, str] = {}
    for field in parted.fields:
        if not is_ours(field, authserv_id):
            continue
        text = _COMMENT.sub("", field.value[:4096].decode("latin-1"))
        for entry in text.split(";")[1:]:
            _note(entry.strip(), found)
    return Authentication(
        spf=found.get("spf"),
        dkim=found.get("dkim"),
        dmarc=found.get("dmarc"),
        dmarc_domain=found.get("from"),
    )


def _note(entry: str, found: dict[str, str]) -> None:
    match = _RESULT.match(entry)
    if not match:
        return
    method, result = match.group(1).lower(), match.group(2).lower()
    if method == "dkim" and result == "pass":
        found["dkim"] = "pass"  # one good signature of several is enough
    elif method not in found:
        found[method] = result
        if method == "dmarc" and (stated := _FROM.search(entry)):
            found["from"] = stated.group(1).casefold()
