"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.news  # noqa: F401 (its rows)
from central.database import Base

TABLES = Base.metadata
