"""The demo: two municipalities with agencies, people and cases, all invented, loaded through the services as its users.

``plan`` decides from a seed and a day what happens when, without a database; ``stage`` carries it out; ``loader`` does so
whole or not at all. Only the command line uses it.
"""
