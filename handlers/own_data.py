"""What a client may ask of their data: a copy."""

from handlers.turn import Turn


async def my_data(turn: Turn) -> None:
    """``/my_data``: the file is made and sent by the outbox, so that it arrives even if this process dies now."""
    await turn.tx.outbox.plan(
        "my_data",
        recipient=f"client:{turn.client.id}",
        subject="my_data",
        due=turn.now,
        client_id=turn.client.id,
        now=turn.now,
        again=True,
    )
    turn.draws = False
