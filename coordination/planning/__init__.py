"""What is found out about a young person's life, what is to be done, by whom and until when, and what people are reminded of."""
