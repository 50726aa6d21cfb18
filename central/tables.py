"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.counters.request_rows
from central.database import Base

TABLES = Base.metadata
