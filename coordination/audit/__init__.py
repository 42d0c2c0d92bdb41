"""The access log: who did what, when and why, in one Merkle tree per agency.

Reading order: events (what may be said), canonical (the bytes of an entry), merkle (the tree), checkpoints (signed
tree heads), export (the file that ``tools/verify_access_log.py`` proves whole without trusting us).
"""
