import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.doctor import secret_files
from app.doctor_dkim import senders, signature
from app.findings import Finding
from config import loading
from config.settings import Settings
from mailing import dns
from tests.mailing import judge
from tests.mailing.test_dns import reply

NAME = "s1._domainkey.lists.example.org"
Publish = Callable[[str], tuple[str, int]]


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Give a function that starts a resolver, which knows one TXT record (or none)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(60)
        threads = []

        def start(record: str) -> tuple[str, int]:
            octets = record.encode()
            cut = [octets[at : at + 200] for at in range(0, len(octets), 200)]
            content = b"".join(bytes([len(each)]) + each for each in cut)

            def serve() -> None:
                query, sender = line.recvfrom(512)
                records = [(dns.TXT, content)] if record else []
                line.sendto(reply(query, *records), sender)

            threads.append(threading.Thread(target=serve))
            threads[-1].start()
            address: tuple[str, int] = line.getsockname()
            return address

        yield start
        for thread in threads:
            thread.join()


def given(**values: str) -> Settings:
    chosen = {"secret_key": "k" * 32, "domain": "lists.example.org", **values}
    return loading.load({f"SAMBAND_{n.upper()}": v for n, v in chosen.items()}, None)


def signing(pem: str) -> Settings:
    return given(dkim_key=pem, dkim_selector="s1")


def seen(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.how, finding.words) for finding in found]


def test_a_published_key_is_well(publish: Publish) -> None:
    server = publish(judge.a_signer().record)

    assert seen(signature(signing(judge.pem()), server=server)) == [
        ("ok", f"What leaves is signed by lists.example.org, and {NAME} says so.")
    ]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("", f"{NAME} has no TXT record, so nobody believes our signatures."),
        ("v=spf1 -all", f"{NAME} holds no key that counts: the record is not about a key."),
        ("v=DKIM1; p=", f"{NAME} holds no key that counts: the key is revoked."),
        (judge.a_signer("ed25519").record, f"{NAME} holds another key than ours."),
    ],
    ids=["nothing", "no key", "revoked", "another"],
)
def test_what_is_published_wrongly_comes_with_the_record_to_publish(
    publish: Publish, record: str, words: str
) -> None:
    [finding] = signature(signing(judge.pem()), server=publish(record))

    assert (finding.how, finding.words) == ("bad", words)
    assert finding.mend == f'Publish this TXT record at {NAME}: "{judge.a_signer().record}"'
    assert "PRIVATE" not in finding.mend


def test_a_resolver_that_is_not_there_is_only_worth_a_look() -> None:
    [finding] = signature(signing(judge.pem()), server=("127.0.0.1", 1))

    assert finding.how == "warn"
    assert finding.words == f"{NAME} was not checked: the resolver 127.0.0.1 does not answer."


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (judge.pem(bits=1024), "The key has 1024 bits."),
        (judge.pem("ed25519"), "The key is Ed25519, which some large providers cannot check yet."),
    ],
    ids=["short", "ed25519"],
)
def test_a_key_that_not_all_believe_is_worth_a_look(pem: str, words: str) -> None:
    found = signature(signing(pem), server=("127.0.0.1", 1))

    assert seen(found)[0] == ("warn", words)


def test_a_key_that_cannot_sign_is_to_mend() -> None:
    broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"

    [finding] = signature(signing(broken))

    assert seen([finding]) == [
        ("bad", "SAMBAND_DKIM_KEY is no private key in PEM without a password.")
    ]


def test_without_a_key_the_mail_server_has_to_sign() -> None:
    assert [finding.how for finding in signature(given())] == ["warn"]


def test_a_secret_in_a_file_that_others_can_read_is_worth_a_look(tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    path.touch(mode=0o644)
    environ = {"SAMBAND_DKIM_KEY_FILE": str(path)}

    [finding] = secret_files(given(), environ, None)
    path.chmod(0o600)

    assert (finding.how, finding.mend) == ("warn", f"chmod 600 {path}")
    assert secret_files(given(), environ, None) == []


@pytest.mark.parametrize(
    ("values", "how", "words"),
    [
        ({"authserv_id": "mx.example.org"}, "ok", "mx.example.org says who sent a mail."),
        ({"check_signatures": "yes"}, "ok", "Samband checks the signatures of mails itself."),
        (
            {},
            "warn",
            "Nobody checks who sent a mail: "
            "whoever names a member's address writes as that member.",
        ),
    ],
)
def test_somebody_should_find_out_who_sent_a_mail(
    values: dict[str, str], how: str, words: str
) -> None:
    assert seen(senders(given(**values))) == [(how, words)]
