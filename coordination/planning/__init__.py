"""Planning: what an agency has found out about the young person's life, and what is to be done, by whom and until when."""
