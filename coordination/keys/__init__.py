"""Keys: what seals content, who holds a grant, what a search may find. Read vault, provider, blind_index first."""
