"""The self-massage guide, for a client whose advice allows self-massage today."""

from handlers.places.consultation import lessons
from handlers.start import view
from handlers.turn import Turn


async def page(turn: Turn) -> None:
    """``guide:<n>``: show step ``n``; taught only as long as the advice allows it."""
    advice = await view(turn).advice()
    if advice is None or turn.client.place not in {"advice", "guide"} or not lessons(view(turn), advice):
        turn.stale()
        return
    turn.client.draft = {"step": int(turn.data.partition(":")[2])}
    turn.client.place = "guide"
