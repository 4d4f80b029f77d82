"""What the bot knows and can do: pure rules, settings and the gateways to the outside world."""
