"""What is stored about a client, as a file."""

import json
from collections.abc import Mapping

from handlers.deliveries.delivery import (
    Delivery,
    File,
    Kind,
    reachable_client,
)
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import OutboxRow


async def my_data(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Everything stored about the client, as the JSON file of the contract."""
    client = await reachable_client(tx, row)
    if client is None:
        return None
    data = await tx.clients.everything(client.id)
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()
    return File(client.chat_id, "my_data.json", content, services.catalog(client).text("my_data.caption"))


KINDS: Mapping[str, Kind] = {
    "my_data": Kind(my_data),
}
