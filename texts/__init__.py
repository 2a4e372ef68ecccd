"""Every word and every date a person sees, in English and in Norwegian bokmål.

Doors and letters call `say` with an English sentence; the Norwegian stands in
`texts/nb/LC_MESSAGES/samband.po`. Templates live in their doors and are rendered by
`texts.templates`. This package knows nothing of the rest of the house, and reads no clock.
"""

from texts.languages import LANGUAGES, Language, language_of
from texts.moments import clock_time, day, listed, moment, month, number, span
from texts.words import N_, local, say, say_many

__all__ = [
    "LANGUAGES",
    "N_",
    "Language",
    "clock_time",
    "day",
    "language_of",
    "listed",
    "local",
    "moment",
    "month",
    "number",
    "say",
    "say_many",
    "span",
]
