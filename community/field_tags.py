"""The names of fields in a list's address: `postdocs+physics@...` is for physics and what is near.

Each field and each broad area has an English tag, a Norwegian one, and what people write instead.
Tags are values like the names of the fields: they are the same in both languages' mails.
"""

import difflib
from collections.abc import Iterable
from typing import Final

from community.errors import N_
from community.fields import AREAS, FIELDS

#: For the rules page.
LAW: Final = N_(
    "A post for some fields alone: write + and a field before the @ of the list’s address, such as "
    "+physics or +chemistry. People of that field and related ones get it and the answers, nobody "
    "else does."
)
#: By code of a field or an area: the English tag, the Norwegian one, then other names.
TAGS: Final[dict[str, tuple[str, ...]]] = {
    code: tuple(words.split())
    for code, words in {
        "1": "natural-sciences naturvitenskap science realfag",
        "1.1": "mathematics matematikk math maths matte statistics statistikk",
        "1.2": "informatics informatikk computer-science datavitenskap computing data cs ai ki",
        "1.3": "physics fysikk physical-sciences astronomy astronomi astrophysics astrofysikk",
        "1.4": "chemistry kjemi chemical-sciences",
        "1.5": "geoscience geofag geology geologi earth-science climate klima oceanography"
        " oseanografi meteorology meteorologi miljøvitenskap environment miljø",
        "1.6": "biology biologi biological-sciences ecology økologi bio",
        "1.7": "other-natural-sciences andre-naturfag",
        "2": "engineering teknologi technology ingeniørfag",
        "2.1": "civil-engineering bygg-og-anlegg bygg construction byggteknikk",
        "2.2": "electronics elektronikk electrical-engineering elektroteknikk elektro",
        "2.3": "mechanical-engineering maskinteknikk maskin mechanics mekanikk",
        "2.4": "chemical-engineering kjemiteknikk prosessteknologi",
        "2.5": "materials materialteknologi materials-science materialer",
        "2.6": "medical-engineering medisinsk-teknologi biomedical-engineering",
        "2.7": "environmental-engineering miljøteknologi",
        "2.8": "environmental-biotechnology miljøbioteknologi",
        "2.9": "industrial-biotechnology industriell-bioteknologi biotechnology bioteknologi",
        "2.10": "nanotechnology nanoteknologi nano",
        "2.11": "other-engineering andre-teknologifag",
        "3": "medicine medisin medical-sciences",
        "3.1": "basic-medicine basalmedisin neuroscience nevrovitenskap",
        "3.2": "clinical-medicine klinisk-medisin",
        "3.3": "health-sciences helsefag health helse public-health folkehelse nursing sykepleie",
        "3.4": "medical-biotechnology medisinsk-bioteknologi",
        "3.5": "other-medicine andre-medisinske-fag",
        "4": "agricultural-sciences landbruksfag",
        "4.1": "agriculture landbruk forestry skogbruk fisheries fiskeri",
        "4.2": "animal-science husdyrfag dairy",
        "4.3": "veterinary veterinær veterinary-science veterinærmedisin",
        "4.4": "agricultural-biotechnology landbruksbioteknologi",
        "4.5": "other-agriculture andre-landbruksfag",
        "5": "social-sciences samfunnsvitenskap samfunnsfag",
        "5.1": "psychology psykologi cognitive-science kognitiv-vitenskap",
        "5.2": "economics økonomi business samfunnsøkonomi",
        "5.3": "education pedagogikk utdanning utdanningsvitenskap",
        "5.4": "sociology sosiologi",
        "5.5": "law jus rettsvitenskap legal juss",
        "5.6": "political-science statsvitenskap politics politikk",
        "5.7": "human-geography samfunnsgeografi",
        "5.8": "media medier communication kommunikasjon medievitenskap",
        "5.9": "other-social-sciences andre-samfunnsfag",
        "6": "humanities humaniora",
        "6.1": "history historie archaeology arkeologi",
        "6.2": "languages språk literature litteratur linguistics lingvistikk",
        "6.3": "philosophy filosofi religion ethics etikk theology teologi",
        "6.4": "arts kunstfag art kunst music musikk",
        "6.5": "other-humanities andre-humanistiske-fag",
    }.items()
}
#: Several stand in one address: `postdocs+physics+chemistry@...`.
BETWEEN: Final = "+"
#: So many names are offered for one that is none.
_MOST_NEAR: Final = 3
_LONGEST: Final = 100
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "-": None, "_": None})


def codes(tag: str) -> tuple[str, ...]:
    """Return the fields that a tag names, in the order of their numbers; none if it is no tag.

    Case, hyphens and Norwegian letters do not matter; a field’s number is a tag as well.
    """
    parts = [_BY_TAG.get(_plain(part), ()) for part in tag[:_LONGEST].split(BETWEEN)]
    meant = {code for part in parts for code in part}
    return in_order(meant) if all(parts) else ()


def near(tag: str) -> tuple[str, ...]:
    """Return tags that somebody may have meant who wrote this one, the likeliest first."""
    written = next((part for part in tag.split(BETWEEN) if not codes(part)), tag)
    found = difflib.get_close_matches(_plain(written[:_LONGEST]), _SHOWN, n=3 * _MOST_NEAR)
    likeliest = {_BY_TAG[each]: _SHOWN[each] for each in reversed(found)}  # one of each field
    return tuple(_SHOWN[each] for each in found if _SHOWN[each] in likeliest.values())[:_MOST_NEAR]


def in_order(fields: Iterable[str]) -> tuple[str, ...]:
    """Return fields in the order of their numbers, each once, as an address names them."""
    meant = set(fields)
    return tuple(code for code in FIELDS if code in meant)


def named(fields: Iterable[str]) -> str:
    """Return the tag that names these fields, as every mail program can send it."""
    return BETWEEN.join(_ascii(TAGS[code][0]) for code in fields)


def names(language: str) -> list[tuple[str, str]]:
    """Return every area and field by name, the area first, with its tag in the language."""
    tag = 1 if language == "nb" else 0
    return [
        ((FIELDS.get(code) or AREAS[code]).name(language), _ascii(tags[tag]))
        for code, tags in TAGS.items()
    ]


def _plain(tag: str) -> str:
    return tag.casefold().translate(_PLAIN)


def _ascii(tag: str) -> str:
    """Return a tag as every mail program can send it."""
    return "".join("-" if sign == "-" else sign.translate(_PLAIN) for sign in tag)


def _by_tag() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, tags in TAGS.items():
        within = (code,) if code in FIELDS else _of_area(code)
        found |= {_plain(tag): within for tag in (code, *tags)}
    return found


def _of_area(area: str) -> tuple[str, ...]:
    return tuple(code for code, each in FIELDS.items() if each.area is AREAS[area])


_BY_TAG: Final = _by_tag()
_SHOWN: Final = {_plain(tag): _ascii(tag) for tags in TAGS.values() for tag in tags}
