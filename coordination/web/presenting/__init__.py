"""Turning what the areas answer into what templates draw: no database, no decision, only words, order and addresses."""
