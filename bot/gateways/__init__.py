"""The outside world: Telegram's pacing and mail."""

import os

# python-telegram-bot is moving durations from numbers to timedeltas; this opts in to what will be the only way.
os.environ.setdefault("PTB_TIMEDELTA", "1")
