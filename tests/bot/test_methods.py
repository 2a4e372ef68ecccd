"""The manifest lists exactly what the bot registers and calls, within Slack's limits."""

import re
from pathlib import Path

import pytest

from bot import app, commands, methods
from bot.forms import FORMS
from tests.bot import slack_double

BOT = Path(app.__file__).parent
CALL = re.compile(r"\bclient\.([a-z]+)_(\w+)\(")
MANIFEST = (BOT / "manifest.yaml").read_text("utf-8")


def under(key: str) -> list[str]:
    """Return the lines below a key, without their indentation; comments left out."""
    lines = [line for line in MANIFEST.splitlines() if not line.lstrip().startswith("#")]
    at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    depth = _depth(lines[at])
    found = []
    for line in lines[at + 1 :]:
        if _depth(line) <= depth:
            break
        found.append(line.strip())
    return found


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def value(key: str) -> str:
    """Return the value of a key that stands once, folded lines joined."""
    said = re.search(rf"^\s*(?:- )?{key}: (.+)$", MANIFEST, re.MULTILINE)
    assert said is not None
    return " ".join(under(key)) if said[1] == ">-" else said[1].strip('"')


def listed(key: str) -> set[str]:
    """Return the items of a list."""
    return {line.removeprefix("- ") for line in under(key)}


def called() -> set[str]:
    """Return the Web API methods that the code calls."""
    sources = "\n".join(path.read_text("utf-8") for path in BOT.rglob("*.py"))
    return {f"{family}.{name.replace('_', '.')}" for family, name in CALL.findall(sources)}


def test_methods_table_has_every_call() -> None:
    assert called() == set(methods.SCOPES)


def test_scopes_are_what_the_methods_events_and_command_need() -> None:
    needed = {methods.COMMAND_SCOPE}
    for table in (methods.SCOPES, methods.EVENT_SCOPES):
        needed |= {scope for scopes in table.values() for scope in scopes}

    assert listed("bot") == needed


def test_events_are_those_registered() -> None:
    assert listed("bot_events") == set(app.EVENTS) == set(methods.EVENT_SCOPES)


def test_commands_and_shortcuts_are_those_registered() -> None:
    assert re.findall(r"^\s*- command: (\S+)$", MANIFEST, re.MULTILINE) == [commands.NAME]
    assert tuple(re.findall(r"callback_id: (\S+)$", MANIFEST, re.MULTILINE)) == app.SHORTCUTS
    assert set(app.SHORTCUTS) <= set(FORMS)


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("name", 1, 35),
        ("description", 1, 140),
        ("long_description", 174, 4000),
        ("display_name", 1, 80),
        ("command", 2, 32),
        ("usage_hint", 1, 1000),
        ("callback_id", 1, 255),
    ],
)
def test_names_keep_slacks_limits(key: str, least: int, most: int) -> None:
    assert least <= len(value(key)) <= most


def test_what_the_bot_rests_on_is_switched_on() -> None:
    switches = {
        "home_tab_enabled": "true",
        "messages_tab_enabled": "true",
        # Nobody is listening to words typed at the bot, so nobody can type them.
        "messages_tab_read_only_enabled": "true",
        "should_escape": "true",
        "is_enabled": "true",
        "socket_mode_enabled": "true",
        "display_name": "Samband",
    }

    assert {key: value(key) for key in switches} == switches


def test_the_strict_slack_knows_the_documented_arguments_of_all_that_we_call() -> None:
    assert sorted(set(methods.SCOPES) - set(slack_double.METHODS)) == []
