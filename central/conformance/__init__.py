"""Whether a server keeps docs/protocol.md: its clauses, walked through from a kiosk's side of the wire."""
