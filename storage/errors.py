"""What storage raises."""


class StorageError(Exception):
    """The database cannot be used: one line for the operator, free of addresses, names and passwords."""
