"""Logs to standard error, as text or JSON; never a token, name, phone number, address or typed text.

Only our own lines and the libraries' warnings are written: whoever logs addresses at INFO would log the token, and
python-telegram-bot logs whole calls at DEBUG.
"""

import json
import logging
import sys
from typing import Any

OWN = ("main", "handlers", "storage", "bot")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its time, level, logger, text and, for an error, its traceback."""
        entry: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up_logs(*, as_json: bool) -> None:
    """Send logs to standard error: our own from INFO on, everybody else's from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
