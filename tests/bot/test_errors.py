"""Every error that Slack documents for what we call is taken as what it is."""

from collections import Counter

from bot import errors, methods
from bot.errors import Meaning, meaning
from bot.standing import PASSING, TOKEN
from bot.writing import PERMANENT
from tests.bot.recorded import FOLDER

#: By method, what Slack's reference has; the first line is of every method.
DOCUMENTED = {
    method: codes.split()
    for method, _, codes in (
        line.partition(":") for line in (FOLDER / "errors.txt").read_text("utf-8").splitlines()
    )
}
#: What only a call with other arguments, or of another kind of app, can bring about.
WRONG: tuple[str, ...] = (
    "invalid_",
    "missing_",
    "bad_",
    "too_many_",
    "no_",
    "not_enough_",
    "draft_",
    "file_",
)
WRONG += ("duplicate_", "slack_connect_", "metadata_", "msg_", "as_user_", "max_file_", "oauth_")
WRONG += ("markdown_text_", "users_list_", "attachment_payload_", "blocked_file_", "view_too_")
WRONG += ("restricted_action_", "cannot_install_", "cannot_reply_", "cant_broadcast_", "pkce_")
WRONG += ("block_mismatch", "bots_not_found", "insecure_request", "is_bot", "method_not_supported_")
WRONG += ("posting_to_channel_denied", "preview_feature_", "push_limit_reached", "send_on_behalf_")
WRONG += ("team_not_found", "unable_to_share_files", "user_email_unverified")


def test_every_method_that_we_call_is_documented() -> None:
    assert set(DOCUMENTED) == {*methods.SCOPES, "apps.connections.open", "every method"}


def test_what_is_not_ours_to_mend_is_known_as_what_it_is() -> None:
    codes = {code for each in DOCUMENTED.values() for code in each}
    ours = [code for code in codes if meaning(code) is Meaning.OURS]

    assert len(codes) > 100
    assert [code for code in ours if not code.startswith(WRONG)] == []


def test_no_error_means_two_things() -> None:
    tables = (errors.LOST, errors.UNGRANTED, errors.PASSING, errors.LATE)
    counted = Counter(code for table in tables for code in table)
    counted.update([*errors.GONE, *errors.FORBIDDEN, *errors.OURS])

    assert [code for code, times in counted.items() if times > 1] == []


def test_a_lost_token_is_no_reason_to_give_up_a_message_or_a_person() -> None:
    # Slack says this of the token: "for a deleted user or workspace".
    assert meaning("account_inactive") is Meaning.LOST
    assert {"account_inactive", "missing_scope"} <= TOKEN
    assert not set(PERMANENT) & (TOKEN | PASSING)


def test_what_a_proxy_answers_passes_and_what_is_unknown_is_ours() -> None:
    assert [meaning(code) for code in ("status 502", "status 429")] == [Meaning.PASSING] * 2
    assert [meaning(code) for code in ("status 404", "whatever", "")] == [Meaning.OURS] * 3
