"""The one place through which everything typed or sent passes."""

from bot.consultation import dates, interview
from bot.consultation.questions import Kind, Question
from bot.consultation.typed import match_option
from handlers import callback, questions, quote, reminders
from handlers.consultation import DATES, accept, explain, kept
from handlers.start import view
from handlers.turn import Turn

LONGEST = 500
"""Characters; no answer is longer, and whoever writes more tells a story that a person should read."""


async def text(turn: Turn) -> None:
    """A text message: an answer where it can be one, else a short hint."""
    words = ((turn.message and turn.message.text) or "").strip()
    if await questions.reply(turn, words):
        return
    if len(words) > LONGEST:
        turn.hint = turn.catalog.text("hint.too_long")
        questions.offer(turn, words)
    elif turn.late:  # it may answer what is no longer asked
        _not_understood(turn, words)
    elif turn.client.place == callback.CALLBACK:
        await callback.typed(turn, words)
    elif turn.client.place == quote.QUOTE:
        await quote.typed(turn, words)
    elif turn.client.place == "consultation":
        await _answer(turn, words)
    elif turn.client.place == "zone":
        await reminders.typed_zone(turn, words)
    else:
        _not_understood(turn, words)


async def _answer(turn: Turn, words: str) -> None:
    question = interview.open_question(view(turn).consultation)
    if question is None:
        _not_understood(turn, words)
        return
    option = match_option(words, turn.catalog.options(question))
    if option is not None:
        await accept(turn, question.key, option)
    elif question.kind in DATES:
        await _date(turn, question, words)
    else:
        _not_understood(turn, words)


def _not_understood(turn: Turn, words: str) -> None:
    """A short hint; words, as opposed to emoji, can be passed on to the clinic."""
    if not _has_words(words):
        turn.hint = turn.catalog.text("hint.emoji_only")
    elif questions.offer(turn, words):
        turn.hint = turn.catalog.text("hint.not_understood")
    else:
        turn.hint = turn.catalog.text("hint.choose_a_button")


async def _date(turn: Turn, question: Question, words: str) -> None:
    read = dates.read_date(
        words,
        languages=[turn.catalog.language],
        today=turn.today,
        kind=Kind(question.kind),
        country=turn.services.clinic.country,
    )
    if read.day is not None:
        await accept(turn, question.key, read.day.isoformat())
    elif read.candidates:
        turn.client.draft = {**kept(turn), "days": [day.isoformat() for day in read.candidates]}
    else:
        explain(turn, read.problem or "not_a_date")


def _has_words(words: str) -> bool:
    return any(character.isalnum() for character in words)


async def edited(turn: Turn) -> None:
    """An edited message: answers are changed by buttons, not by rewriting what was said."""
    turn.hint = turn.catalog.text("hint.edited")


async def voice(turn: Turn) -> None:
    """A voice or video message: nobody listens to it here."""
    turn.hint = turn.catalog.text("hint.voice")


async def sticker(turn: Turn) -> None:
    """A sticker or an animation."""
    turn.hint = turn.catalog.text("hint.sticker")


async def anything_else(turn: Turn) -> None:
    """A photo, a file, a place …: never judged, only told that buttons are the way."""
    turn.hint = turn.catalog.text("hint.not_read")


async def unknown_command(turn: Turn) -> None:
    """A command that does not exist."""
    turn.hint = turn.catalog.text("hint.unknown_command")


async def unknown_button(turn: Turn) -> None:
    """A button whose data nobody knows."""
    turn.stale()


async def nothing(turn: Turn) -> None:
    """``noop``: the calendar's headings and days that cannot be chosen."""
    turn.draws = False
