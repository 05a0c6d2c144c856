"""Enrolment: how a machine in the field becomes an asset with a certificate."""
