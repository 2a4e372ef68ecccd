"""The post that everybody gets, and who everybody is."""

LIST = "postdocs@lists.example.org"
#: A list of one member, for the first post after a start.
FIRST = "first@lists.example.org"
AUTHOR = "m000000@d00.example.net"
POST_OCTETS = 5_000
_LINE = b"the list moved to a new house last night and all its letters came along\r\n"


def member(number: int) -> str:
    """Return the address of a member; they live in twenty domains."""
    return f"m{number:06d}@d{number % 20:02d}.example.net"


def post(number: int = 0, *, author: str = AUTHOR) -> bytes:
    """Make a plain post of 5,000 octets; another number says something else."""
    head = (
        f"From: A Member <{author}>\r\nTo: {LIST}\r\nSubject: Weekly notes {number:06d}\r\n"
        f"Message-ID: <{number:06d}.bench@d00.example.net>\r\n"
        "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="us-ascii"\r\n\r\n'
        f"these are the notes of week {number:06d}\r\n"
    ).encode()
    lines, rest = divmod(POST_OCTETS - len(head) - 2, len(_LINE))
    return head + _LINE * lines + b"x" * rest + b"\r\n"


POST = post()
