"""The little that truly differs between SQLite and PostgreSQL.

`sqlite` and `postgres` have the same functions; what they promise is said at `sqlite`'s. Which one
speaks for a database is that database's `dialect`. Both engines hold the same tables and write the
same text into the journal, so that a county can move from one to the other with its chain of hashes.
"""
