"""The rules, apart and pure: no database, no Flask, no clock, nothing of ``coordination``.

Read in this order: ``permissions`` (who may do what), ``access`` (may this actor do this to this case, now),
``disclosure`` (which legal basis fits), ``consent`` (what a consent covers), and the tables beside them.
"""
