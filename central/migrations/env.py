"""Runs the migrations on the connection that `open_database` passes in."""

from alembic import context

from central.database import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
