import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from config.logging import blanked, configure


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = root.handlers, root.level, access.disabled
    yield
    root.handlers, access.disabled = before[0], before[2]
    root.setLevel(before[1])
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def entries(stream: io.StringIO) -> list[dict[str, object]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(str(entry.pop("at")).endswith("Z") for entry in found)
    return found


def test_an_event_is_one_line_of_json_with_its_ids(stream: io.StringIO) -> None:
    configure("auto", stream=stream)

    structlog.get_logger().info("post.hold", post=17, reasons=["first", "size"])

    assert entries(stream) == [
        {"event": "post.hold", "level": "info", "post": 17, "reasons": ["first", "size"]}
    ]


def test_libraries_are_heard_from_warnings_on(stream: io.StringIO) -> None:
    configure("json", stream=stream)

    logging.getLogger("library").info("chatter")
    logging.getLogger("uvicorn.access").warning("GET /meetups/token/join")
    logging.getLogger("library").warning("lost %s", "ada@example.org")

    assert entries(stream) == [{"event": "lost [blank]", "level": "warning", "logger": "library"}]


def test_tokens_of_slack_are_blanked_that_came_while_we_run() -> None:
    said = "xoxe.xoxb-1-MjQz/xoxe-1-Mjk refused by xoxb.example, xoxb-12-3-aB and xapp"

    assert blanked({"said": said}) == {
        "said": "[blank]/[blank] refused by xoxb.example, [blank] and xapp"
    }


def test_private_keys_and_addresses_are_blanked_at_any_depth() -> None:
    event = {
        "person": 7,
        "Email": "ada@example.org",
        "facts": {"subject": "x", "rows": [{"name": "Ada"}, "to <bo@example.org>"]},
        "nothing": None,
        "ok": True,
    }

    assert blanked(event) == {
        "person": 7,
        "Email": "[blank]",
        "facts": {"subject": "[blank]", "rows": [{"name": "[blank]"}, "to <[blank]>"]},
        "nothing": None,
        "ok": True,
    }


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_address_and_no_secret_is_in_a_traceback(form: str, stream: io.StringIO) -> None:
    configure(form, secrets=["xoxb-canary", "short"], stream=stream)

    try:
        raise ValueError("ada@example.org may not use xoxb-canary")
    except ValueError:
        structlog.get_logger().exception("bot.fail", reference="r1")
        logging.getLogger("library").exception("failed")

    assert stream.getvalue().count("ValueError: [blank] may not use [blank]") == 2
    assert "ada" not in stream.getvalue()
    assert "xoxb" not in stream.getvalue()


def test_the_console_shows_one_readable_line(stream: io.StringIO) -> None:
    configure("console", stream=stream)

    structlog.get_logger().info("clock.ring", jobs=3)

    assert stream.getvalue().split("Z ", 1)[1].split() == ["[info", "]", "clock.ring", "jobs=3"]
