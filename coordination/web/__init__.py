"""The web: one file per area. Views translate between HTTP and the areas, and decide nothing."""

from flask import Blueprint

from coordination.web import (
    account,
    admin,
    advice,
    break_glass,
    cases,
    consent_papers,
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
    participants,
    people,
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
        search.bp,
        records.bp,
        people.bp,
        participants.bp,
        consents.bp,
        consent_papers.bp,
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
    )
