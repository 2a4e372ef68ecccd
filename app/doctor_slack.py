"""The doctor asks Slack about our tokens and scopes, and compares the clocks by the way."""

import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from app.findings import Finding, bad, ok, warn, why
from bot.token_files import TokenFile
from community.calendar import Calendar
from community.clock import Clock
from config.settings import Settings

WAIT_SECONDS = 8
#: Nobody is there, or what is there is no web server, or not Slack's.
NO_ANSWER = (OSError, HTTPException, ValueError)
#: Slack's header tells whole seconds, and the answer was on its way.
MOST_CLOCK_SECONDS = 5
MANIFEST = Path(__file__).parent.parent / "bot" / "manifest.yaml"
RENEW = "Install the app in Slack again and set SAMBAND_SLACK_REFRESH_TOKEN to its new token."
#: A scope in a YAML list, such as "- chat:write"; nothing else in the manifest looks like one.
SCOPE = re.compile(r"^\s+- ([a-z_.]+(?::[a-z_.]+)+)\s*(?:#.*)?$")


def slack(given: Settings, *, clock: Clock) -> list[Finding]:
    """Check the tokens, the scopes and, by Slack's clock, our own."""
    if not given.has_chat:
        return [warn("slack", "Not set up; the service runs without chat.")]
    token, kept = _token(given, clock=clock)
    found = [*_bot(given, token=token, clock=clock), kept] if token else [kept]
    if given.slack_app_token is not None and found[0].how != "bad":
        found += _socket_mode(given, token=given.slack_app_token.get_secret_value())
    return found


def _token(given: Settings, *, clock: Clock) -> tuple[str, Finding]:
    """Return the bot's token, if there is one to try, and say how it is kept and until when."""
    if given.slack_bot_token is not None:
        file = given.file_of("slack_bot_token")
        words = "The token does not expire. A new one is taken " + (
            f"from {file} without a restart." if file else "at a restart."
        )
        return given.slack_bot_token.get_secret_value(), ok("slack", words)
    file = given.slack_token_file
    assert file is not None  # noqa: S101 - there is a token, or a file for one
    try:
        pair = TokenFile(file).read()
        writable = os.access(file.parent, os.W_OK) and (pair is None or os.access(file, os.R_OK))
    except (OSError, ValueError) as error:
        return "", bad("slack", f"The token in {file} cannot be read: {why(error)}.", RENEW)
    if not writable:
        mend = f"Give the account that runs the service the folder {file.parent}."
        return "", bad("slack", f"The token in {file} cannot be renewed: no right to write.", mend)
    if pair is None:
        words = f"The token expires and is renewed; {file} is made when the service runs."
        return "", ok("slack", words)
    until = Calendar(given.timezone).local(pair.expires_at)
    if clock.now() >= pair.expires_at:
        words = f"The token in {file} expired on {until:%d %B, %H:%M}; the service renews it."
        return "", warn("slack", words, f"If the service runs already: {RENEW}")
    words = f"The token is good until {until:%d %B, %H:%M}, and renewed before; it is in {file}."
    return pair.token, ok("slack", words)


def _bot(given: Settings, *, token: str, clock: Clock) -> list[Finding]:
    try:
        answer, headers = _ask_slack(given.slack_api_url, "auth.test", token)
    except NO_ANSWER as error:
        mend = "Look at the network and at SAMBAND_SLACK_API_URL."
        return [bad("slack", f"{given.slack_api_url} does not answer: {why(error)}.", mend)]
    if not answer.get("ok"):
        copied = "Copy the Bot User OAuth Token again into SAMBAND_SLACK_BOT_TOKEN."
        mend = copied if given.slack_bot_token is not None else RENEW
        return [bad("slack", f"The bot token is refused: {answer.get('error')}.", mend)]
    found = [ok("slack", f"The bot is signed in to {answer.get('team') or 'its workspace'}.")]
    granted = {scope for scope in headers.get("x-oauth-scopes", "").split(",") if scope}
    missing = sorted(manifest_scopes() - granted)
    if granted and missing:
        mend = "Paste bot/manifest.yaml into the app's manifest in Slack and install it again."
        found.append(bad("slack", f"The bot lacks scopes: {', '.join(missing)}.", mend))
    return [*found, *_clock(headers.get("date", ""), clock=clock)]


def _socket_mode(given: Settings, *, token: str) -> list[Finding]:
    try:
        answer, _ = _ask_slack(given.slack_api_url, "apps.connections.open", token)
    except NO_ANSWER as error:
        return [bad("slack", f"Socket Mode does not answer: {why(error)}.")]
    if answer.get("ok"):
        return [ok("slack", "Socket Mode opens.")]
    mend = "Turn Socket Mode on and copy an app-level token with connections:write."
    return [bad("slack", f"Socket Mode is refused: {answer.get('error')}.", mend)]


def _ask_slack(
    api_url: str, method: str, token: str
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    request = Request(  # noqa: S310 -- the setting is http or https
        api_url + method, data=b"", headers={"Authorization": f"Bearer {token}"}
    )
    with urlopen(request, timeout=WAIT_SECONDS) as response:  # noqa: S310 -- as above
        answer = json.load(response)
        headers = {name.lower(): value for name, value in response.headers.items()}
    if not isinstance(answer, dict):
        raise ValueError("the answer is not Slack's")
    return answer, headers


def manifest_scopes(manifest: Path = MANIFEST) -> set[str]:
    """Read the bot's scopes from the app manifest; empty if there is none."""
    if not manifest.exists():
        return set()
    lines = manifest.read_text("utf-8").splitlines()
    return {found[1] for line in lines if (found := SCOPE.match(line))}


def _clock(date: str, *, clock: Clock) -> list[Finding]:
    """Compare our clock with the one that an HTTP answer carries (whole seconds)."""
    try:
        theirs = parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return [warn("clock", "Slack told no time; the clock was not checked.")]
    return [compared(clock.now(), theirs)]


def compared(ours: datetime, theirs: datetime) -> Finding:
    """Say how far our clock is from theirs."""
    seconds = round((ours - theirs).total_seconds())
    if abs(seconds) <= MOST_CLOCK_SECONDS:
        return ok("clock", "It agrees with Slack's.")
    direction = "ahead of" if seconds > 0 else "behind"
    mend = "Turn on time synchronisation (systemd-timesyncd or chrony)."
    return bad("clock", f"It is {abs(seconds)} seconds {direction} Slack's.", mend)
