"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

from central import tries as _tries  # noqa: F401
from central.database import Base
from central.people import rows as _people  # noqa: F401

TABLES = Base.metadata
