"""The same words again and again: mail loops, answering machines, bots, whoever they write as.

No header gives these away, only that what they say has come already. What counts is what a mail
itself says, without quotes, signature, case and blanks; a few words are everybody's (threat 20).
`standings.before` counts, in the statement that it asks for every mail anyhow.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from community.quotes import own_words

#: So long what came is remembered.
LATELY: Final = timedelta(minutes=10)
#: Two people may well say the same in fewer signs.
LEAST_SIGNS: Final = 40
#: So much of a mail is compared.
MOST_SIGNS: Final = 4_000
#: Nobody counts further: a flood costs no more than this.
MOST: Final = 100


def said(text: str) -> str | None:
    """Return what another mail has alike that says the same; None where nothing of it counts."""
    own = " ".join(own_words(text[:MOST_SIGNS]).casefold().split())
    return sha256(own.encode()).hexdigest()[:16] if len(own) >= LEAST_SIGNS else None
