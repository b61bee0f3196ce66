"""Runs migrations on the connection that `migrating.migrate` opened, in its transaction."""

from __future__ import annotations

from alembic import context

from consentgate.records.migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
