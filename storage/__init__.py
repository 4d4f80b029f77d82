"""What the bot remembers: tables, one transaction per update, migrations."""
