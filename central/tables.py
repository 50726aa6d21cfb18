"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.booking.rows  # noqa: F401 - its tables are known by its import
from central.database import Base

TABLES = Base.metadata
