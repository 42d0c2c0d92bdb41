"""What of the ledger somebody wants to see: sent in the address, so that the page can be kept and a file be fetched of the same."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form

from coordination.disclosure.ledger import Wanted
from coordination.web.forms.common import DayField, PickField, choice_list

GIVEN, RECEIVED, REFUSED, EXCHANGED = "lamnat", "mottaget", "nekat", "fragor"
_RUNNING = {"pagar": True, "avslutat": False}


class LedgerForm(Form):
    """Which side of the ledger, which state, which days."""

    visa = PickField(
        _("Visa"),
        choices=choice_list(
            [(RECEIVED, _("Mottaget")), (GIVEN, _("Utlämnat")), (REFUSED, _("Avböjt")), (EXCHANGED, _("Frågor"))]
        ),
        default=RECEIVED,
    )
    lage = PickField(
        _("Läge"),
        choices=choice_list([("", _("Alla")), ("pagar", _("Pågår")), ("avslutat", _("Avslutade"))]),
        default="",
    )
    fran = DayField(_("Beslutat från"), _("Skriv ett datum, till exempel 2026-11-12."), optional=True)
    till = DayField(_("Beslutat till och med"), _("Skriv ett datum, till exempel 2026-11-12."), optional=True)

    @property
    def side(self) -> str:
        """Which side of the ledger is shown: what was received, where nothing else was understood."""
        return self.visa.data if self.visa.data in {GIVEN, REFUSED, EXCHANGED} else RECEIVED

    def wanted(self) -> Wanted:
        """Return what was asked for, as far as it was understood."""
        return Wanted(_RUNNING.get(self.lage.data), self.fran.data, self.till.data)

    def address(self) -> dict[str, Any]:
        """Return what of it stands in an address: only what differs from how the page begins."""
        days = {name: self[name].data.isoformat() for name in ("fran", "till") if self[name].data}
        side = {"visa": self.side} if self.side != RECEIVED else {}
        return {**side, **({"lage": self.lage.data} if self.lage.data in _RUNNING else {}), **days}
