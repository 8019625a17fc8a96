"""One module a migration. A step that was released is never changed; a correction is a further step."""
