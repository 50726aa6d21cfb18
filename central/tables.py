"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.counters.request_rows
import central.counters.rows  # noqa: F401
from central.database import Base

TABLES = Base.metadata
