"""What the operator has to know: a promise of the house was found broken."""

from collections.abc import Mapping

from handlers.deliveries.delivery import Delivery, Kind, to_staff
from handlers.services import Services
from messages import operator as texts
from storage.storage import Transaction
from storage.tables import OutboxRow


async def operator_alert(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """What a check found, in numbers; never anything personal."""
    return await to_staff(services, tx, texts.alert(services.staff_catalog, row.payload["found"]))


KINDS: Mapping[str, Kind] = {
    "operator_alert": Kind(operator_alert),
}
