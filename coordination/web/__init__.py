"""The web: one file per area. Views translate between HTTP and the areas, and decide nothing."""

from flask import Blueprint

from coordination.web import account, admin, joining, sign_in


def blueprints() -> tuple[Blueprint, ...]:
    """Return every blueprint of the web, one line for each."""
    return (
        sign_in.bp,
        joining.bp,
        account.bp,
        admin.bp,
    )
