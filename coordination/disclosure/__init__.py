"""Disclosure: the ledger of what one agency gave another, and the keys it carried."""
