import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

import migrations
from app.doctor import checks, examine
from app.doctor_slack import manifest_scopes, slack
from app.findings import Finding, as_json, as_text, bad, ok, warn
from config import loading
from config.settings import Settings
from tests.mailing.certificate import contexts

KEY = "k" * 32
CANARY = "canary-4711"
SMTP_ANSWERS = {"EHLO": b"250-relay\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n", "QUIT": b"221 bye\r\n"}


@dataclass
class FixedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def clock(now: datetime) -> FixedClock:
    return FixedClock(now)


def given(**values: object) -> Settings:
    free = {"lmtp_listen": "127.0.0.1:0", "web_listen": "127.0.0.1:0", "secret_key": KEY}
    chosen = {name: str(value) for name, value in (free | values).items()}
    return loading.load({f"SAMBAND_{n.upper()}": v for n, v in chosen.items()}, None)


def of(what: str, found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.how, finding.words) for finding in found if finding.what == what]


@contextmanager
def smtp_relay(
    answers: Mapping[str, bytes] = SMTP_ANSWERS, tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Run a mail server for one session that greets and knows no login but those given.

    `answers` are by the first word of a line, or by the whole line.

    Whoever speaks with it may hang up at any time, also within an answer: so a session ends.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)

        def serve() -> None:
            with ExitStack() as session:
                session.enter_context(suppress(ConnectionError, ssl.SSLError))
                connection = session.enter_context(server.accept()[0])
                if tls is not None:
                    connection = session.enter_context(
                        tls.wrap_socket(connection, server_side=True)
                    )
                lines = session.enter_context(connection.makefile("rb"))
                connection.sendall(b"220 relay ESMTP\r\n")
                for line in lines:  # ends when the other side hangs up
                    said = line.decode().strip()
                    verb = said[:4].upper()
                    connection.sendall(answers.get(said, answers.get(verb, b"502 no\r\n")))
                    if verb == "QUIT":
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@contextmanager
def slack_api(
    answers: Mapping[str, Mapping[str, object]], *, date: datetime, scopes: str = ""
) -> Iterator[str]:
    """Run a Slack that gives these answers by method."""

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", format_datetime(date, usegmt=True))
            self.send_header("X-OAuth-Scopes", scopes)
            self.end_headers()
            self.wfile.write(json.dumps(answers[self.path.removeprefix("/api/")]).encode())

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()
        thread.join()


def test_checks_find_nothing_bad_when_all_is_there(clock: FixedClock, now: datetime) -> None:
    answers: dict[str, Mapping[str, object]] = {
        "auth.test": {"ok": True, "team": "Postdocs"},
        "apps.connections.open": {"ok": True},
    }
    scopes = ",".join(manifest_scopes())
    with smtp_relay() as port, slack_api(answers, date=now, scopes=scopes) as api:
        found = checks(
            given(
                smtp_relay=f"smtp://127.0.0.1:{port}",
                slack_api_url=api,
                slack_bot_token=f"xoxb-{CANARY}",
                slack_app_token=f"xapp-{CANARY}",
                public_url="https://samband.example.org",
            ),
            clock=clock,
            env_file=None,
        )

    assert [finding for finding in found if finding.how == "bad"] == []
    assert of("relay", found) == [("ok", f"127.0.0.1, port {port}: answers.")]
    assert of("slack", found) == [
        ("ok", "The bot is signed in to Postdocs."),
        ("ok", "The token does not expire. A new one is taken at a restart."),
        ("ok", "Socket Mode opens."),
    ]
    assert of("clock", found) == [("ok", "It agrees with Slack's.")]
    assert of("time zone", found) == [
        ("ok", "In Europe/Oslo it is Monday 01 February 2027, 10:00.")
    ]
    assert CANARY not in as_json(found)


def test_slack_names_the_missing_scopes_and_the_wrong_clock(
    clock: FixedClock, now: datetime
) -> None:
    answers = {"auth.test": {"ok": True, "team": "T"}}
    late = now - timedelta(minutes=2)
    with slack_api(answers, date=late, scopes="nothing:read") as api:
        found = slack(
            given(slack_api_url=api, slack_bot_token="xoxb-1", slack_signing_secret="s" * 32),
            clock=clock,
        )

    assert of("clock", found) == [("bad", "It is 120 seconds ahead of Slack's.")]
    missing = ", ".join(sorted(manifest_scopes()))
    expected = [("bad", f"The bot lacks scopes: {missing}.")] if missing else []
    kept = ("ok", "The token does not expire. A new one is taken at a restart.")
    assert of("slack", found) == [("ok", "The bot is signed in to T."), *expected, kept]


def test_manifest_scopes_are_read_from_the_lists_in_it(empty_folder: Path) -> None:
    manifest = empty_folder / "manifest.yaml"
    manifest.write_text(
        "oauth_config:\n  scopes:\n    bot:\n      - chat:write\n      - users:read.email # why\n"
        "settings:\n  event_subscriptions:\n    bot_events:\n      - app_home_opened\n"
    )

    assert manifest_scopes(manifest) == {"chat:write", "users:read.email"}


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        ("auth.test", "The bot token is refused: invalid_auth."),
        ("apps.connections.open", "Socket Mode is refused: invalid_auth."),
    ],
)
def test_slack_says_which_token_is_refused(
    refused: str, words: str, clock: FixedClock, now: datetime
) -> None:
    answers: dict[str, Mapping[str, object]] = {
        "auth.test": {"ok": True},
        "apps.connections.open": {"ok": True},
    }
    answers[refused] = {"ok": False, "error": "invalid_auth"}
    with slack_api(answers, date=now) as api:
        found = slack(
            given(slack_api_url=api, slack_bot_token="xoxb-1", slack_app_token="xapp-1"),
            clock=clock,
        )

    assert [finding.words for finding in found if finding.how == "bad"] == [words]


def test_slack_that_is_no_web_server_is_to_mend(clock: FixedClock) -> None:
    with smtp_relay() as port:
        [found] = slack(
            given(
                slack_api_url=f"http://127.0.0.1:{port}/api/",
                slack_bot_token="xoxb-1",
                slack_signing_secret="s" * 32,
            ),
            clock=clock,
        )[:1]

    assert (found.how, "does not answer: 220 relay ESMTP" in found.words) == ("bad", True)


def test_relay_that_is_not_there_or_refuses_the_login_is_to_mend(clock: FixedClock) -> None:
    gone = checks(given(smtp_relay="smtp://127.0.0.1:1"), clock=clock, env_file=None)
    with smtp_relay() as port:
        plain = checks(
            given(smtp_relay=f"smtp://u:{CANARY}@127.0.0.1:{port}"), clock=clock, env_file=None
        )

    assert of("relay", gone) == [
        ("bad", "127.0.0.1, port 1 does not answer as a mail server: Connection refused.")
    ]
    [(how, words)] = of("relay", plain)
    assert (how, "STARTTLS" in words) == ("bad", True)
    assert CANARY not in as_text(plain)


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("blåbær", ("ok", "answers, encrypts, knows our login.")),
        ("brød", ("bad", "refuses the login (502).")),
    ],
)
def test_the_relay_hears_a_password_that_is_not_ascii(
    password: str,
    found: tuple[str, str],
    clock: FixedClock,
    empty_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, _ = contexts(empty_folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(empty_folder / "relay.pem"))
    login = b64encode("\0u\0blåbær".encode()).decode()
    answers = SMTP_ANSWERS | {f"AUTH PLAIN {login}": b"235 hi\r\n"}

    with smtp_relay(answers, shown) as port:
        url = f"smtps://u:{quote(password)}@127.0.0.1:{port}"
        [(how, words)] = of("relay", checks(given(smtp_relay=url), clock=clock, env_file=None))

    assert (how, words.removeprefix(f"127.0.0.1, port {port}").lstrip(": ")) == found


def test_a_relay_whose_certificate_nobody_vouches_for_is_to_mend(
    clock: FixedClock, empty_folder: Path
) -> None:
    with smtp_relay(tls=contexts(empty_folder)[0]) as port:
        url = f"smtps://u:p@127.0.0.1:{port}"
        [(how, words)] = of("relay", checks(given(smtp_relay=url), clock=clock, env_file=None))

    assert (how, "the encryption fails: CERTIFICATE_VERIFY_FAILED" in words) == ("bad", True)


def test_a_port_that_another_program_has_is_to_mend_and_our_own_is_not(clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, smtp_relay() as ours:
        taken = other.getsockname()[1]
        closing = threading.Thread(target=lambda: other.accept()[0].close())
        closing.start()
        found = checks(
            given(web_listen=f"127.0.0.1:{taken}", lmtp_listen=f"127.0.0.1:{ours}"),
            clock=clock,
            env_file=None,
        )
        closing.join()

    assert of("web port", found) == [
        ("bad", f"127.0.0.1:{taken} cannot be used: Address already in use.")
    ]
    assert of("mail port", found) == [("ok", f"The service is listening on 127.0.0.1:{ours}.")]


def test_the_key_that_is_used_is_the_one_that_is_named(
    empty_folder: Path, clock: FixedClock
) -> None:
    kept = empty_folder / "var" / "secret-key"
    kept.parent.mkdir()
    kept.write_text(KEY + "\n")
    own = of("secrets", checks(given(), clock=clock))
    kept.write_text("another, from before\n")

    assert own == [("ok", "The key is kept in var/secret-key; back it up with the database.")]
    assert of("secrets", checks(given(), clock=clock)) == [
        ("ok", "The key is SAMBAND_SECRET_KEY; var/secret-key is not used.")
    ]


def test_an_old_schema_and_a_readable_env_file_are_to_look_at(
    empty_folder: Path, clock: FixedClock
) -> None:
    (empty_folder / ".env").write_text("")
    (empty_folder / ".env").chmod(0o644)
    (empty_folder / "samband.db").touch()

    found = checks(given(database_url=f"sqlite:///{empty_folder}/samband.db"), clock=clock)

    assert of("secrets", found) == [("warn", ".env can be read by others on this machine.")]
    assert of("database", found)[0][0] in ("warn", "ok")  # ok while there is no migration


def test_a_disk_on_which_nothing_can_be_written_is_to_mend(
    empty_folder: Path, clock: FixedClock
) -> None:
    url = f"sqlite:///{empty_folder}/samband.db"
    migrations.upgrade(url)

    fine = of("disk", checks(given(database_url=url), clock=clock))
    with (empty_folder / "samband.db").open() as file:  # in this folder nobody makes a file
        elsewhere = f"sqlite:////proc/self/fd/{file.fileno()}"
        found = of("disk", checks(given(database_url=elsewhere), clock=clock))

    assert fine[0][0] == "ok"
    words = "Nothing can be written beside the database: No such file or directory."
    assert found == [("bad", words)]


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("https://samband.example.org", "ok"),
        ("http://samband.example.org", "bad"),
        ("http://localhost:8000", "warn"),
    ],
)
def test_public_url_is_to_be_encrypted(url: str, how: str, clock: FixedClock) -> None:
    found = checks(given(public_url=url), clock=clock, env_file=None)

    assert [said for said, _ in of("public url", found)] == [how]


def test_examine_names_wrong_settings_and_ends_with_1(clock: FixedClock) -> None:
    said: list[str] = []

    code = examine(
        said.append,
        json=True,
        clock=clock,
        environ={"SAMBAND_DOMAIN": "?", "SAMBAND_SECRET_KEY": CANARY},
        env_file=None,
    )

    found = json.loads(said[0])
    assert code == 1
    assert [finding["words"].split(":")[0] for finding in found] == [
        "SAMBAND_DOMAIN",
        "SAMBAND_SECRET_KEY",
    ]
    assert CANARY not in said[0]


@pytest.mark.parametrize(
    ("found", "last"),
    [
        ([ok("a", "Well.")], "All is well."),
        ([warn("a", "Hm."), bad("b", "No.", "Do it.")], "1 to mend, 1 to look at."),
    ],
)
def test_the_report_ends_with_a_summary(found: list[Finding], last: str) -> None:
    assert as_text(found).splitlines()[-1] == last


def test_the_report_breaks_lines_under_their_text() -> None:
    text = as_text([bad("disk", "word " * 12, "Make room.")], width=50)

    assert text.splitlines()[:3] == [
        "MEND  disk         word word word word word word",
        "                   word word word word word word",
        "                   -> Make room.",
    ]
