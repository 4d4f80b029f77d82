"""A question in a client's own words, and the clinic's answer to it. Pure."""

QUESTION_LENGTH = 3500
"""UTF-16 code units, as Telegram counts them: with what is written around it, it fits into one message of 4,096."""


def read_words(text: str) -> str:
    """The words as they are passed on: line breaks stay, what cannot be shown goes."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(character for character in whole if character.isprintable() or character == "\n").strip()


def fits(words: str) -> bool:
    """Whether there are words, and no more than one message can carry."""
    return bool(words) and len(words.encode("utf-16-le")) // 2 <= QUESTION_LENGTH
