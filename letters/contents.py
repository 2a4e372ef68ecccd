"""What is in a digest, for the mail door: lists, threads, posts, each with its links."""

from dataclasses import dataclass
from datetime import datetime

from community.deliveries import Format


@dataclass(frozen=True, kw_only=True)
class PostIn:
    """One post in a digest."""

    subject: str
    #: As the post says it: untrusted. Empty when its author was erased.
    author_name: str
    author_email: str
    #: On the house's wall clock.
    at: datetime
    message_id: str
    #: Its own words, untrusted plain text.
    text: str
    #: The text goes on, on the post's page.
    is_cut: bool
    page_url: str
    #: “Attachments: call.pdf (12 kB)”, to be had on its page; empty for none.
    files: str = ""
    #: Opens an answer to the list that finds the thread (RFC 6068).
    reply_url: str
    #: The mail as it came; None unless the digest is made of mails.
    source: bytes | None

    @property
    def author(self) -> str:
        """Name the author in one word or two."""
        return self.author_name.strip() or self.author_email


@dataclass(frozen=True, kw_only=True)
class ThreadIn:
    """The posts of one thread in a digest."""

    subject: str
    posts: tuple[PostIn, ...]
    #: “3 more answers”: those that went to who follows it; empty for none.
    more: str = ""
    #: Where it can be read.
    page_url: str = ""
    #: Label and address: following and muting it.
    links: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str:
        """Lead to its first post here, or else to the whole thread."""
        return self.posts[0].page_url if self.posts else self.page_url


@dataclass(frozen=True, kw_only=True)
class ListIn:
    """The threads of one list in a digest."""

    address: str
    threads: tuple[ThreadIn, ...]

    @property
    def name(self) -> str:
        """Name the list as people do."""
        return self.address.partition("@")[0]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All of a digest."""

    format: Format
    message_id: str
    #: By address; never empty.
    lists: tuple[ListIn, ...]
    #: The page on which its reader chooses how posts come.
    choices_url: str

    @property
    def posts(self) -> tuple[PostIn, ...]:
        """Return all posts in the order of the digest."""
        return tuple(
            post for part in self.lists for thread in part.threads for post in thread.posts
        )
