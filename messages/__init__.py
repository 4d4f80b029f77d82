"""What the bot says: one catalog per language and the screens made from it; no decision is taken here."""
