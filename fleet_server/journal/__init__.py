"""The journal: every change, in order, chained by hash; audit log and change feed in one."""
