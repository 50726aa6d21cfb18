"""Personal data: purpose, retention, export and erasure, breaches, leaks (UU 27/2022)."""
