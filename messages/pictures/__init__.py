"""What the bot draws: a map of face and neck for one client, and the strokes of the self-massage guide."""
