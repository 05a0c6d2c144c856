"""Rollouts: one playbook to many assets, wave by wave, each wave behind a gate."""
