"""What is going on, as pages, metrics, reports and announcements."""
