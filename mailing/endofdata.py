"""The end of a mail in an SMTP stream: CR LF . CR LF and nothing else (RFC 5321 §4.1.1.4).

Pure: bytes in, a finished mail and what came after it out. Never keeps more than the limit.
"""

_END = b"\r\n.\r\n"


class EndOfData:
    """Collects what follows DATA until its end."""

    def __init__(self, *, max_octets: int) -> None:
        self._max_octets = max_octets
        self._kept = bytearray()
        # As if DATA's own line end came first, so that an empty mail ends at its first dot.
        self._tail = b"\r\n"
        #: All that came, kept or not.
        self.octets = 0
        #: There was no room for it: nothing of it is kept.
        self.is_dropped = False
        #: What came behind the end; None until the end was seen.
        self.after: bytes | None = None

    @property
    def is_too_big(self) -> bool:
        """Tell whether more came than we keep."""
        return self.octets > self._max_octets

    @property
    def kept_octets(self) -> int:
        """Say how many octets of the mail lie here."""
        return len(self._kept)

    def drop(self) -> None:
        """Keep nothing of the mail, and look only for its end."""
        self.is_dropped = True
        self._kept.clear()

    def feed(self, chunk: bytes) -> bool:
        """Take what the client sent; true when the mail is at its end."""
        window = self._tail + chunk
        known = len(self._tail)
        at = window.find(_END)
        if at < 0:
            self._keep(chunk)
            self._tail = window[1 - len(_END) :]
            return False
        last = at + 2  # the line end before the dot belongs to the mail
        self._keep(window[known:last])
        if last < known:  # the dot came in an earlier chunk than the end of its line
            del self._kept[last - known :]
            self.octets -= known - last
        self.after = window[at + len(_END) :]
        return True

    def _keep(self, octets: bytes) -> None:
        self.octets += len(octets)
        # The end itself is no part of the mail.
        if self.is_dropped or self.octets > self._max_octets + len(_END):
            self._kept.clear()
        else:
            self._kept += octets

    def mail(self) -> bytes:
        """Give the mail, once, without the dots that the client doubled (RFC 5321 §4.5.2)."""
        whole = bytes(self._kept)
        self._kept.clear()  # while it is being stored, it lies in memory once and not twice
        plain = whole.replace(b"\r\n.", b"\r\n")
        return plain[1:] if plain.startswith(b".") else plain
