"""What each error of Slack's means for us: one table for every method that we call.

What is not in it is as if Slack had said our own mistake: it is logged with a reference. The test
has all that Slack documents.

Source: Slack's reference of each method in `methods.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What an error says."""

    #: The token is good for nothing; the administrators hear of it (`standing.py`).
    LOST = "lost"
    #: The token lacks a right, until somebody grants it.
    UNGRANTED = "ungranted"
    #: It passes by itself.
    PASSING = "passing"
    #: Whom or what it was about is not there any more, or not for us.
    GONE = "gone"
    #: The workspace, or how the app is set up in it, does not allow this.
    FORBIDDEN = "forbidden"
    #: What opens a form is good for three seconds, and once.
    LATE = "late"
    #: Our own mistake: Slack takes this at no time.
    OURS = "ours"


LOST: Final = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "not_allowed_token_type"}
    | {"org_login_required", "app_uninstalled", "account_inactive", "forbidden_team"}
)
UNGRANTED: Final = frozenset({"missing_scope", "no_permission"})
PASSING: Final = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "request_timeout"}
    | {"service_unavailable", "team_added_to_org", "update_failed", "streaming_state_conflict"}
    | {"external_channel_migrating", "hash_conflict"}
)
#: Each with what is written down of a message that did not go because of it.
GONE: Final = {
    "user_not_found": "nobody has this Slack user id in our workspace",
    "users_not_found": "nobody has this Slack user id in our workspace",
    "user_disabled": "the Slack account was deactivated",
    "user_not_visible": "the Slack account is outside what the app may see",
    "cannot_dm_bot": "the Slack user is a bot",
    "channel_not_found": "the direct message is gone",
    "is_archived": "the direct message is archived",
    "is_inactive": "the direct message is archived",
    "message_not_found": "the message to bring up to date was deleted",
    "not_found": "the form was closed",
    "bot_not_found": "the app’s own user is gone",
}
FORBIDDEN: Final = {
    "cant_update_message": "the message is not ours",
    "cant_delete_message": "the message is not ours",
    "edit_window_closed": "the workspace lets no message be changed so late",
    "restricted_action": "the workspace forbids the app to write here",
    "restricted_action_read_only_channel": "the workspace forbids the app to write here",
    "restricted_action_thread_only_channel": "the workspace forbids the app to write here",
    "channel_is_limited_access": "the workspace forbids the app to read here",
    "not_in_channel": "the app is not in the channel",
    "not_enabled": "the app’s Home tab is switched off in Slack",
    "messages_tab_disabled": "the app’s messages are switched off in Slack",
    "app_access_restricted": "this person may not use the app",
    "message_limit_exceeded": "the workspace has sent as many messages as it may",
    "ekm_access_denied": "the workspace has messages switched off",
    "access_denied": "the workspace does not allow it",
    "accesslimited": "Slack is closed to our network",
    "team_access_not_granted": "the app was not given this workspace",
    "enterprise_is_restricted": "the workspace does not allow it",
    "two_factor_setup_required": "the workspace does not allow it",
    "invalid_user_combination": "these people cannot be written to",
    "metadata_must_be_sent_from_app": "the workspace does not allow it",
    "not_implemented": "this Slack cannot do it",
    "unknown_method": "this Slack cannot do it",
    "method_deprecated": "this Slack cannot do it any more",
    "deprecated_endpoint": "this Slack cannot do it any more",
}
LATE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
#: What Slack says of a message that it could never take.
OURS: Final = {
    "invalid_blocks": "our own mistake: Slack refuses these blocks",
    "invalid_blocks_format": "our own mistake: Slack refuses these blocks",
    "block_mismatch": "our own mistake: Slack refuses these blocks",
    "msg_too_long": "our own mistake: Slack refuses so long a message",
    "msg_blocks_too_long": "our own mistake: Slack refuses so long a message",
    "no_text": "our own mistake: nothing to say",
    "view_too_large": "our own mistake: Slack refuses so large a view",
    "invalid_metadata_format": "our own mistake: Slack refuses the metadata",
    "invalid_metadata_schema": "our own mistake: Slack refuses the metadata",
    "metadata_too_large": "our own mistake: Slack refuses the metadata",
}

_MEANINGS: Final[Mapping[str, Meaning]] = {
    code: meaning
    for meaning, codes in (
        (Meaning.LOST, LOST),
        (Meaning.UNGRANTED, UNGRANTED),
        (Meaning.PASSING, PASSING),
        (Meaning.GONE, GONE),
        (Meaning.FORBIDDEN, FORBIDDEN),
        (Meaning.LATE, LATE),
    )
    for code in codes
}
#: What a proxy before Slack says when it cannot reach it, as `pacing.read` writes it.
_AWAY: Final = ("status 429", "status 5")


def meaning(code: str) -> Meaning:
    """Say what an error code of Slack's means for us."""
    if code.startswith(_AWAY):
        return Meaning.PASSING
    return _MEANINGS.get(code, Meaning.OURS)
