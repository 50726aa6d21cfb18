"""The rules of the queue (pure): who is next, and why."""
