"""The log: one line for each event, UTC, ids only, as JSON or for people.

`app` calls `configure` once. Everybody else says
`structlog.get_logger().info("post.hold", post=17)`. What libraries log goes the same way, from
warnings on.
"""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

BLANK = "[blank]"
#: Words of people, and ways to reach or to be them, are in the database; the log names ids.
PRIVATE_KEYS = frozenset(
    {"address", "answer", "authorization", "body", "cookie", "email", "from", "message_id"}
    | {"name", "names", "note", "password", "phone", "quote", "real_name", "recipient", "secret"}
    | {"sender", "signature", "subject", "text", "to", "token", "url", "value"}
)
#: Tokens of Slack, which come and go while we run.
TOKEN = re.compile(r"\bxox[a-z](?:\.xox[a-z])?-[\w-]+")
EMAIL = re.compile(r"[^\s<>\"'()\[\],;:=]+@[^\s<>\"'()\[\],;]+")


def configure(form: str, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Write the log to `stream` (default: standard error) as `form`: auto, console or json.

    `secrets` are blanked wherever they turn up, should a library print one.
    """
    out = stream or sys.stderr
    is_console = form == "console" or (form == "auto" and out.isatty())
    hidden = tuple(secret for secret in secrets if len(secret) >= 8)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        lambda _logger, _method, event: blanked(event, hidden),
    ]
    renderer = _console(out) if is_console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *shared,
                renderer,
            ]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Each line of it has a path, and paths carry tokens.
    logging.getLogger("uvicorn.access").disabled = True


def blanked(event: MutableMapping[str, Any], secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """Blank private keys, and e-mail addresses and secrets inside any text, at any depth."""
    return {
        key: BLANK if key.lower() in PRIVATE_KEYS else _without(value, secrets)
        for key, value in event.items()
    }


def _without(value: object, secrets: tuple[str, ...]) -> object:
    if isinstance(value, MutableMapping):
        return blanked(value, secrets)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_without(part, secrets) for part in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, BLANK)
    return EMAIL.sub(BLANK, TOKEN.sub(BLANK, text))


def _console(out: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
    )
