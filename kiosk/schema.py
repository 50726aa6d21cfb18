"""The tables of the kiosk's store, as the migrations that make them; a released one is never edited (pure)."""

_FIRST = """
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    epoch INTEGER NOT NULL,
    series INTEGER,                     -- of walk-in numbers; NULL until the central server gave one
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_digest TEXT NOT NULL DEFAULT '',
    last_at TEXT,                       -- UTC of the last dated fact: the kiosk's time is not before it
    acknowledged INTEGER NOT NULL DEFAULT 0,
    batch_end INTEGER NOT NULL DEFAULT 0, -- last seq of the batch that is being sent
    old_copy INTEGER NOT NULL DEFAULT 0 -- the central server knows facts of this epoch that are not here
) STRICT;
CREATE TABLE facts (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    acknowledged_on TEXT                -- a day; NULL while it is owed
) STRICT;
CREATE TABLE tickets (
    id TEXT PRIMARY KEY, day TEXT NOT NULL, number TEXT NOT NULL, service TEXT NOT NULL,
    count INTEGER,                      -- of a walk-in in its series; NULL with a booking
    dated INTEGER NOT NULL, named INTEGER NOT NULL, fact INTEGER NOT NULL,
    state TEXT NOT NULL, moved_at TEXT, booking TEXT, body TEXT NOT NULL, UNIQUE (day, number)
) STRICT;
CREATE INDEX tickets_of_booking ON tickets (booking, day);
CREATE INDEX undated_tickets ON tickets (count) WHERE NOT dated;
CREATE TABLE counters (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE snapshot (
    only INTEGER PRIMARY KEY CHECK (only = 1), etag TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE clock (
    only INTEGER PRIMARY KEY CHECK (only = 1), boot TEXT NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL
) STRICT;
"""

_SURVEY = """
CREATE TABLE surveyed (ticket TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT;
CREATE TABLE responses (
    id INTEGER PRIMARY KEY,             -- drawn at random: rows lie in no order that tells
    day TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
"""

_TECHNICIAN = """
CREATE TABLE technician (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    secret TEXT NOT NULL DEFAULT '', pin TEXT NOT NULL DEFAULT '',
    wrong INTEGER NOT NULL DEFAULT 0,   -- answers since somebody got in
    boot TEXT NOT NULL DEFAULT '',      -- shut in this start of the machine, '' while it is open
    until REAL NOT NULL DEFAULT 0       -- it has been up for so many s
) STRICT;
CREATE TABLE challenges (number TEXT PRIMARY KEY) STRICT;  -- shown once, never again
"""

MIGRATIONS = (_FIRST, _SURVEY, _TECHNICIAN)
