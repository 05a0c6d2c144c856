"""Playbooks that assets can be sent, and the bundles that are made of them."""
