"""Consent: who said yes, to what, until when, and what happens when it is taken back."""
