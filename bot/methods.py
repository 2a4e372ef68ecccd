"""Every Web API method that the bot calls, and the scopes that each needs; the manifest has these.

Source: Slack's method reference.
"""

from typing import Final

SCOPES: Final[dict[str, frozenset[str]]] = {
    # Who we are: the workspace, and by the bot the app.
    "auth.test": frozenset(),
    "bots.info": frozenset({"users:read"}),
    # The next token, where ours expires.
    "oauth.v2.access": frozenset(),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "chat.delete": frozenset({"chat:write"}),
    # Who can read a moderators' channel, and whether a card stands there already.
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.history": frozenset({"channels:history", "groups:history"}),
    "conversations.open": frozenset({"im:write"}),
    # Who wants to be left alone now.
    "dnd.info": frozenset({"dnd:read"}),
    # The address is what people are linked by.
    "users.info": frozenset({"users:read", "users:read.email"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
#: What the events that we ask for, and the slash command, need.
EVENT_SCOPES: Final[dict[str, frozenset[str]]] = {
    "app_home_opened": frozenset(),
    "app_uninstalled": frozenset(),
    "tokens_revoked": frozenset(),
    "team_join": frozenset({"users:read"}),
    "user_change": frozenset({"users:read"}),
}
COMMAND_SCOPE: Final = "commands"
