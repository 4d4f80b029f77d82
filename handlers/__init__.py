"""What happens: one file per conversation of a client, one per duty of the staff, and the outbox tick."""
