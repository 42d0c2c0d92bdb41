"""Cases: the shell, who takes part, people, and the sealed records behind it.

Read ``queries.visible_to`` first: it is the only doorway to a case.
"""
