"""`samband demo` as a process of its own: it furnishes a town, and goes on from where it was."""

import json
import signal
from pathlib import Path

import pytest

from app import demo, safety
from tests.app.processes import samband


def _world(folder: Path) -> dict[str, object]:
    world: dict[str, object] = json.loads((folder / "var/demo/world.json").read_text("utf-8"))
    return world


def _run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Start the demo in a folder, wait until it says where to look, and press Ctrl-C."""
    with samband("demo", *arguments, database_url="sqlite:///unused", folder=folder) as demo:
        demo.until("Commands:")
        code = demo.stop(signal.SIGINT)
        return code, demo.lines


def test_the_demo_goes_on_from_where_it_was_and_fresh_begins_anew(tmp_path: Path) -> None:
    code, lines = _run(tmp_path)
    assert code == 0
    assert "Traceback" not in "\n".join(lines)
    assert lines[-1].startswith("Stopped. `make demo` goes on from here")
    first = _world(tmp_path)
    assert set(first) == {"ahead_seconds", "workspace", "sink"}

    # As if somebody had jumped a week.
    (tmp_path / "var/demo/world.json").write_text(json.dumps(first | {"ahead_seconds": 604_800.0}))
    assert _run(tmp_path)[0] == 0
    second = _world(tmp_path)
    assert round(float(str(second["ahead_seconds"])) / 3600) == 168

    assert _run(tmp_path, "--fresh")[0] == 0
    third = _world(tmp_path)
    assert abs(float(str(third["ahead_seconds"]))) < 60
    assert not (tmp_path / "unused").exists()


def test_a_demo_that_runs_is_not_forgotten_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = demo.FOLDER / "world.json"

    with safety.sole_process(demo.URL):
        world.write_text("{}")
        with pytest.raises(safety.NotSafe, match="already serves"):
            demo.main(fresh=True)

    assert world.exists()
