"""The outside world: Telegram's pacing and mail."""
