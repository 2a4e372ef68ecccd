"""The settings as text: `.env.example`, and the table in docs/running.md. Tests compare both.

`python -m config.reference` prints the first, `python -m config.reference --table` the second.
"""

import sys
import textwrap

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.settings import MAKE_A_KEY, Settings, is_secret, variable

HEAD = """\
# Samband's settings. Copy this file to .env (chmod 600) and set what you need; `samband doctor`
# checks them and says what to mend. Each secret can come from a file instead, for systemd and
# containers: SAMBAND_SECRET_KEY_FILE=/run/credentials/secret-key.
#
# A key is made by:
#   {make_a_key}
"""


def as_env_example() -> str:
    """Write `.env.example`: every setting with its meaning, commented out."""
    blocks = [HEAD.format(make_a_key=MAKE_A_KEY)]
    for name, field in Settings.model_fields.items():
        words = "\n".join(f"# {line}" for line in textwrap.wrap(_meaning(field), 96))
        blocks.append(f"{words}\n#{variable(name)}={_example(field)}\n")
    return "\n".join(blocks)


def as_table() -> str:
    """Write the settings as a Markdown table."""
    rows = ["| setting | meaning | default | example |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        example = f"`{_example(field)}`" if _example(field) else ""
        meaning = f"{field.description}{' **Secret.**' if is_secret(field) else ''}"
        rows.append(f"| `{variable(name)}` | {meaning} | {_default(field)} | {example} |")
    return "\n".join(rows) + "\n"


def _meaning(field: FieldInfo) -> str:
    default = f" Default: {_default(field)}." if _default(field) else ""
    return f"{field.description}{default}{' Secret.' if is_secret(field) else ''}"


def _example(field: FieldInfo) -> str:
    """Give an example that can be set as it stands; one in <words> cannot."""
    example = (field.examples or [""])[0]
    return "" if example.startswith("<") else example


def _default(field: FieldInfo) -> str:
    """Say the default, where it is a value that may be shown and is no rule."""
    if field.default in (None, PydanticUndefined, ()):
        return ""
    default = field.default
    if isinstance(default, tuple) and not hasattr(default, "_fields"):  # an Endpoint is one thing
        return ", ".join(default)
    return str(default.get_secret_value() if is_secret(field) else default)


if __name__ == "__main__":
    sys.stdout.write(as_table() if "--table" in sys.argv else as_env_example())
