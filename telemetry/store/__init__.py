"""The telemetry store: what it promises (`port`), DuckDB, and the InfluxDB mirror."""
