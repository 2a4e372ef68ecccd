import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from mailing import dns
from proofs.ports import free_port

POINTER_TO_QUESTION = b"\xc0\x0c"
Answer = Callable[[bytes], bytes]


@pytest.fixture
def resolver() -> Iterator[Callable[[Answer], tuple[str, int]]]:
    """Give a function that starts a resolver for one question, answered as the test says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", free_port()))
        line.settimeout(60)
        threads = []

        def start(answer: Answer) -> tuple[str, int]:
            def serve() -> None:
                query, sender = line.recvfrom(512)
                line.sendto(answer(query), sender)

            threads.append(threading.Thread(target=serve))
            threads[-1].start()
            address: tuple[str, int] = line.getsockname()
            return address

        yield start
        for thread in threads:
            thread.join()


def reply(query: bytes, *records: tuple[int, bytes], flags: int = 0x8180) -> bytes:
    """Answer a query with records of the kinds and contents given."""
    head = query[:2] + struct.pack("!5H", flags, 1, len(records), 0, 0)
    body = b"".join(
        POINTER_TO_QUESTION + struct.pack("!2HIH", kind, 1, 60, len(content)) + content
        for kind, content in records
    )
    return head + query[12:] + body


def mx(preference: int, label: bytes) -> tuple[int, bytes]:
    name = bytes([len(label)]) + label + POINTER_TO_QUESTION
    return dns.MX, struct.pack("!H", preference) + name


def test_mail_servers_come_in_the_order_of_preference(
    resolver: Callable[[Answer], tuple[str, int]],
) -> None:
    server = resolver(lambda query: reply(query, mx(20, b"backup"), mx(10, b"mail")))

    assert dns.mail_servers("example.org", server=server) == [
        "mail.example.org",
        "backup.example.org",
    ]


def test_texts_join_the_strings_of_a_record_and_leave_out_other_kinds(
    resolver: Callable[[Answer], tuple[str, int]],
) -> None:
    server = resolver(lambda query: reply(query, (5, b"\x00"), (dns.TXT, b"\x07v=spf1 \x04-all")))

    assert dns.texts("example.org", server=server) == ["v=spf1 -all"]


def test_texts_hold_as_long_as_the_shortest_lived_record_of_the_answer(
    resolver: Callable[[Answer], tuple[str, int]],
) -> None:
    def answer(query: bytes) -> bytes:
        whole = reply(query, (5, b"\x00"), (dns.TXT, b"\x01a"))
        return whole.replace(struct.pack("!I", 60), struct.pack("!I", 7200), 1)

    assert dns.kept_texts("example.org", server=resolver(answer)) == (["a"], 60)


def test_an_answer_that_is_too_long_for_a_datagram_is_asked_for_by_tcp(
    resolver: Callable[[Answer], tuple[str, int]],
) -> None:
    server = resolver(lambda query: reply(query, flags=0x8380))
    record = b"".join(b"\xff" + b"k" * 255 for _ in range(4))

    def serve() -> None:
        connection, _ = stream.accept()
        with connection, connection.makefile("rb") as lines:
            query = lines.read(int.from_bytes(lines.read(2)))
            message = reply(query, (dns.TXT, record))
            connection.sendall(struct.pack("!H", len(message)) + message)

    with socket.create_server(server) as stream:
        stream.settimeout(60)
        thread = threading.Thread(target=serve)
        thread.start()
        assert dns.texts("s1._domainkey.example.org", server=server) == ["k" * 1020]
        thread.join()


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64 + ".org", "a." * 127 + "org", "é" * 70])
def test_what_is_no_name_is_not_asked(name: str) -> None:
    with pytest.raises(dns.NoAnswer, match="not a name"):
        dns.texts(name, server=("127.0.0.1", 1))


def test_an_unknown_name_has_no_records(resolver: Callable[[Answer], tuple[str, int]]) -> None:
    server = resolver(lambda query: reply(query, flags=0x8183))

    assert dns.mail_servers("nowhere.example.org", server=server) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda query: b"\0\0" + query[2:], "fit"),
        (lambda query: query[:2] + b"\x81\x82" + query[4:], "failed"),
        (lambda query: reply(query, mx(1, b"mail"))[:-3], "broken"),
        (lambda query: reply(query, (dns.MX, b"\0\1\xc0\x2b")), "broken"),
        (lambda _query: b"", "broken"),
    ],
    ids=["other question", "server failure", "cut", "pointer to itself", "empty"],
)
def test_an_answer_that_cannot_be_used_is_no_answer(
    answer: Answer, reason: str, resolver: Callable[[Answer], tuple[str, int]]
) -> None:
    server = resolver(answer)

    with pytest.raises(dns.NoAnswer, match=reason):
        dns.mail_servers("example.org", server=server)


def test_a_resolver_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(dns.NoAnswer, match="does not answer"):
        dns.texts("example.org", server=("127.0.0.1", 1))
