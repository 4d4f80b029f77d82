"""What a person typed, without what only decorates it."""

import unicodedata

_PICTURES = frozenset({"So", "Sk", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Cf", "Me"})
"""Unicode categories; the marks are joiners, signs of direction and key caps."""

_VARIATION_SELECTORS = "\ufe0e\ufe0f"


def plain_text(text: str) -> str:
    """Lower case on one line, with plain digits, dashes and apostrophes, and without emoji."""
    return " ".join("".join(map(_plain, unicodedata.normalize("NFKC", text))).casefold().split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if character in "\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`":
        return "'"
    if category in _MARKS or character in _VARIATION_SELECTORS:
        return ""
    return " " if category in _PICTURES else character
