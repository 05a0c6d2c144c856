"""Carries out orders: root's service, which believes nobody and remembers what it was doing."""
