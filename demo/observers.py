"""Telling others that something changed."""

from collections.abc import Callable


class Observers:
    """A list of callbacks, called in the order in which they subscribed."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` at every change from now on; returns the function that ends this."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def notify(self) -> None:
        """Call everybody; a subscription that ends meanwhile is still called once more."""
        for callback in tuple(self._callbacks):
            callback()
