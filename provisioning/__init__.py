"""What a technician runs."""
