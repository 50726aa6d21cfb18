"""Every table of the server, wherever its rows are described, for the migrations to be held against."""

import central.booking.rows
import central.counters.note_rows
import central.counters.request_rows
import central.counters.rows
import central.fleet.rows
import central.monitoring.rows
import central.news
import central.people.rows
import central.privacy.rows
import central.tries  # noqa: F401 - rows are known once their module is loaded
from central.database import Base

TABLES = Base.metadata
