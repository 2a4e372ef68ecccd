"""Why a mail could not be read: a word for each reason, kept with the post for its moderators.

The mail door finds it out, `letters/posts.py` says it.
"""

from enum import StrEnum


class Unreadable(StrEnum):
    """What kept a mail from being read."""

    #: More fields, or longer ones, than are read.
    HEADER = "header"
    #: More parts, or deeper ones, than are read.
    PARTS = "parts"
    #: It took too long.
    SLOW = "slow"
    #: It took too much memory.
    MEMORY = "memory"
    #: The process that read it died of it.
    DEADLY = "deadly"
    #: A bug of the reader, most likely.
    FAULT = "fault"
