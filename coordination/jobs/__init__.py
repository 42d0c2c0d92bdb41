"""The worker: work that nobody asks for by a click, at its time, in a process of its own (``python -m coordination.jobs``).

Reading order: work (what is done), mailing and letters (mail), performing (doing it and noting how it went), store (when
it is done next, kept in the database), leader (one worker works, the others stand by), __main__ (the process).
"""
