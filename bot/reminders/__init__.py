"""Reminders: which there are, when they are due, and what moves them. Pure: time, rules and answers come in.

``kinds`` is the table of kinds, ``schedules`` how a kind's days follow from its facts, ``planning`` what is still to
come, ``times`` the clock of the client, ``offers`` which kinds fit an advice, ``following`` what a new advice moves.
"""
