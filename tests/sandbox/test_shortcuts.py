"""The shortcuts of a manifest, as the sandbox page offers them."""

from app.doctor_slack import MANIFEST
from sandbox.shortcuts import Shortcut, of_manifest


def test_shortcuts_of_the_apps_own_manifest_are_offered_in_its_order() -> None:
    found = of_manifest(MANIFEST.read_text("utf-8"))

    assert found[0] == Shortcut(
        name="Post to the list",
        kind="global",
        callback_id="post.compose",
        does="Write to a mailing list, and see first what becomes of it",
    )
    assert [(one.kind, one.name) for one in found[1:]] == [
        ("global", "Propose a meetup"),
        ("message", "Send this to the list"),
        ("message", "Meetup from this message"),
    ]
