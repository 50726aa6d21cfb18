"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

from central.database import Base
from central.monitoring import rows as monitoring_rows  # noqa: F401

TABLES = Base.metadata
