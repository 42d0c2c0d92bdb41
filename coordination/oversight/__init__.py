"""Oversight: reviewing one agency's access log, by that agency's assignment."""
