"""Options that are typed instead of tapped."""

import unicodedata
from collections.abc import Mapping

from bot.plain_text import plain_text

SHORTEST_START = 3
"""Letters; fewer do not name an option unless they are its whole label."""

_LONGEST = 200


def match_option(text: str, labels: Mapping[str, str]) -> str | None:
    """The option that ``text`` names: by its label, or by the beginning of one label only.

    ``labels`` are the options' texts by id. Case, accents, punctuation and emoji do not count. ``None`` where the text
    names no option, or more than one; a number names none, because the buttons show no numbers.
    """
    if len(text) > _LONGEST or not (words := words_of(text)):
        return None
    by_option = {option: words_of(label) for option, label in labels.items()}
    exact = [option for option, label in by_option.items() if label == words]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if len(words.replace(" ", "")) < SHORTEST_START:
        return None
    begun = [option for option, label in by_option.items() if label.startswith(words)]
    return begun[0] if len(begun) == 1 else None


def words_of(text: str) -> str:
    """The words alone: lower case, without accents, punctuation and emoji; "don't" is one word."""
    plain = unicodedata.normalize("NFKD", plain_text(text).replace("'", ""))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join("".join(character if character.isalnum() else " " for character in letters).split())
