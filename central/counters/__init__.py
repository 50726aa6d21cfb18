"""Counters, the display in the lobby, and what is handed over to partner agencies."""
