"""Every step from an empty database to the present one, written by hand; Alembic runs them in order."""
