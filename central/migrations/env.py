"""Runs the migrations on the connection that `open_database` passes in."""

from alembic import context

from central.tables import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
with context.begin_transaction():
    context.run_migrations()
