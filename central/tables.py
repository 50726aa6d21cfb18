"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

from central.database import Base

TABLES = Base.metadata
