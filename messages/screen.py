"""A screen: what a person sees at one moment, free of Telegram's own types."""

from dataclasses import dataclass

from messages.pictures.picture import Picture


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its text and its ``callback_data`` (at most 64 bytes), or a ``url``."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """HTML text (Telegram's subset) with rows of buttons.

    With a ``photo`` the message is that picture and the text its caption; a ``picture`` is sent before the message.

    ``contact`` is the text of a *share my number* button: such a screen carries a reply keyboard instead of buttons,
    because Telegram allows only one kind of keyboard per message. ``cancel`` is that keyboard's second button.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    contact: str = ""
    cancel: str = ""
    photo: str = ""
    picture: Picture | None = None
