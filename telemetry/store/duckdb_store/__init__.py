"""The telemetry store in one DuckDB file, with complete days in Parquet files beside it.

    telemetry.duckdb                            the tables of `schema`
    sealed/readings-2026-11-23-81204.parquet    the rows of one day, by asset and time

Each report gets an *ordinal*: they are counted in the order they were committed, by one and for
ever. It joins a report with its device readings and is where a mirror has got to.

The rows themselves are the record that their numbers were taken; only for rows that moved to
Parquet do `taken`'s intervals stand in, written in the transaction that moves them. So nothing
can stand between data and ledger, and a commit has no second table to write.
"""

from telemetry.store.duckdb_store.store import DuckDBStore

__all__ = ["DuckDBStore"]
