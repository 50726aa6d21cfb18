"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.counters.rows
import central.monitoring.rows  # noqa: F401
from central.database import Base

TABLES = Base.metadata
