"""Has attachments taken out of mails, in the child processes that read mails.

The pages ask; `app` puts the two together.
"""

import base64

from mailing.attachments import extract
from mailing.parser import Parser, Unread


class Extractor:
    """Takes attachments out of mails."""

    def __init__(self, parser: Parser) -> None:
        self.parser = parser

    async def take(self, raw: bytes, number: int) -> bytes | None:
        """Return the bytes of an attachment; None if there is none, or the mail cannot be read."""
        try:
            found = await self.parser.ask(extract, raw, number=str(number))
        except Unread:
            return None
        return None if found is None else base64.b64decode(found.content)
