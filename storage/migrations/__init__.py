"""The history of the schema: one file per step in ``versions``, run in order, each in both directions.

Steps are written with plain column types and never import the tables, which go on changing. On SQLite a changed table
is rebuilt (``op.batch_alter_table``): whoever rebuilds ``requests`` carries its row of ``sqlite_sequence`` over, or the
numbers of erased requests would be given out again.
"""
