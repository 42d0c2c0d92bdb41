"""The web: one file per area. Views translate between HTTP and the areas, and decide nothing."""

from flask import Blueprint

from coordination.web import (
    account,
    admin,
    advice,
    break_glass,
    cases,
    closing,
    conflicts,
    consents,
    copies,
    day,
    disclosures,
    drafts,
    help,  # noqa: A004 - the page's name
    joining,
    ledger,
    log,
    matches,
    on_call,
    operations,
    participants,
    people,
    phases,
    records,
    refusals,
    search,
    sign_in,
    taking,
    urgent,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Return every blueprint of the web, one line for each."""
    return (
        day.bp,
        cases.bp,
        phases.bp,
        closing.bp,
        conflicts.bp,
        search.bp,
        records.bp,
        people.bp,
        participants.bp,
        consents.bp,
        disclosures.bp,
        refusals.bp,
        drafts.bp,
        ledger.bp,
        advice.bp,
        copies.bp,
        taking.bp,
        matches.bp,
        break_glass.bp,
        urgent.bp,
        on_call.bp,
        log.bp,
        help.bp,
        sign_in.bp,
        joining.bp,
        account.bp,
        admin.bp,
        operations.bp,
    )
