"""Proving a log: who signs it, verifying it whole, making checkpoints, handing out extracts.

The access log knows no key and the keys know no log; here they meet.
"""

from collections.abc import Iterator, Sequence

import psycopg

from coordination.audit import exporting, heads, verification
from coordination.audit.checkpoints import Checkpoint, VerifierKey, origin_of
from coordination.audit.events import Event
from coordination.audit.service import head, record_unattended
from coordination.core.db import Tenant, db, transaction
from coordination.keys import agency_keys, vault
from coordination.oversight.queries import AgencyRef


def trust_in(agency: AgencyRef) -> heads.Trust:
    """Return what an agency's checkpoints are held against: every signing key the installation has had."""
    keys = agency_keys.signing_public_keys()
    origin = origin_of(agency_keys.SIGNING_KEY_NAME, agency.id)
    return heads.Trust(origin, [VerifierKey(origin, public) for _, public in keys], vault.verify)


def make_checkpoint(agency: AgencyRef) -> Checkpoint:
    """Sign an agency's log as it stands, with everything queued so far. The transaction must have named its municipality."""
    signer = agency_keys.signer()
    key = VerifierKey(origin_of(agency_keys.SIGNING_KEY_NAME, agency.id), signer.public)
    return heads.make(agency.municipality_id, agency.id, heads.Signatory(key, signer.sign))


def verify(agency: AgencyRef, kept: Sequence[str] = ()) -> verification.Result:
    """Verify an agency's log in transactions of its own; the result is stored and, in a second step, logged.

    A log can be damaged so that nothing can be appended to it. The result is stored all the same.
    """
    tenant = Tenant(agency.municipality_id)
    with transaction(tenant):
        result = verification.verify(agency.municipality_id, agency.id, trust_in(agency), kept)
    try:
        with transaction(tenant):
            _record(agency, Event.LOG_VERIFIED, result.size, result.root, result="whole" if result.ok else "broken")
    except psycopg.DatabaseError:
        if result.ok:
            raise
    return result


def prepare_extract(agency: AgencyRef) -> exporting.Extract:
    """Sign the log up to here, so that a file of it can be handed out. What the export itself queues is within it."""
    checkpoint = make_checkpoint(agency)
    return exporting.Extract(Tenant(agency.municipality_id), agency.id, trust_in(agency), checkpoint)


def export(agency: AgencyRef) -> Iterator[bytes]:
    """Yield an agency's whole log as a file that proves itself; that it was taken out is the last line of it."""
    with transaction(Tenant(agency.municipality_id)):
        tree = head(db.session(), agency.id).frontier
        _record(agency, Event.LOG_EXPORTED, tree.size, tree.root())
        extract = prepare_extract(agency)
    return exporting.lines(extract)


def _record(agency: AgencyRef, event: Event, size: int, root: bytes, **more: str) -> None:
    record_unattended(agency.municipality_id, agency.id, event, size=size, root=root, **more)
