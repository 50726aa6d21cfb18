"""How the office is doing: live figures, alarms, forecasts, reports, metrics, and what the public may see of them."""
