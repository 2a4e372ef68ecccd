"""The manifest lists exactly what the bot registers and calls, within Slack's limits."""

import re
from pathlib import Path

from bot import app

ROOT = Path(app.__file__).parent
CALL = re.compile(r"client\.([a-z]+)_([a-zA-Z]+)\(")
