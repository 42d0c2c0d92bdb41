"""Who takes part: municipalities, agencies, users, their sessions and means of signing in. Builds the ``Actor``.

Read ``service`` first (the steps of signing in), then ``second_factor``, ``passkeys`` and ``lockout``;
``agencies``, ``users`` and ``invitations`` are what an administrator does.
"""
