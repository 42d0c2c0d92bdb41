"""What is to be done and when: the plan of a case, its meetings, and what people are reminded of."""
