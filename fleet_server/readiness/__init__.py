"""Readiness: what each asset can do for each service, now and later, and how long it could."""
