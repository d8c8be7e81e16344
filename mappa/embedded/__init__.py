"""PostgreSQL and Valkey out of Python wheels, for a demonstration, development and tests on one machine.

They start when somebody needs them and stop when the last process that uses them has gone. Nothing here is used when
DATABASE_URL and REDIS_URL are set. As a Django database engine this package is `mappa.embedded` (see `base`).
"""
