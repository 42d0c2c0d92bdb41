"""Checks and helpers that several forms share."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import DateField, DateTimeLocalField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its type stubs
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from coordination.core.clock import STOCKHOLM
from coordination.core.errors import NotFound

SHORT = Length(max=200, message=_("Skriv högst 200 tecken."))
LONG = Length(max=10_000, message=_("Skriv högst 10 000 tecken."))


def required(message: Any) -> DataRequired:
    """Ask for the field with a sentence of its own."""
    return DataRequired(message)


def picked(message: Any) -> InputRequired:
    """Ask for a choice with a sentence of its own."""
    return InputRequired(message)


NOT_OFFERED = _("Välj något av det som finns i listan.")


class OneField(RadioField):
    """One of few: radio buttons in a group with a legend."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Refuse what was not offered in our words."""
        super().__init__(*arguments, **{"invalid_choice_message": NOT_OFFERED, **options})


class PickField(SelectField):
    """One of many: a list to pick from."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Refuse what was not offered in our words."""
        super().__init__(*arguments, **{"invalid_choice_message": NOT_OFFERED, **options})


class ManyField(SelectMultipleField):
    """Any of few: check boxes in a group with a legend."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Refuse what was not offered in our words."""
        super().__init__(*arguments, **{"invalid_choice_message": NOT_OFFERED, **options})


class DayField(DateField):
    """A date as the browser's own date field sends it."""

    def __init__(self, label: Any, message: Any, *, optional: bool = False, **options: Any) -> None:
        """Ask for a day; ``message`` is said when there is none, or none that can be read."""
        self.unreadable = message
        super().__init__(label, [Optional()] if optional else [InputRequired(message)], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, and say in our words when it cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(str(self.unreadable)) from None


class MomentField(DateTimeLocalField):
    """A day and a time as the browser's own field sends them, meant in Swedish time."""

    def __init__(self, label: Any, message: Any, *, optional: bool = False, **options: Any) -> None:
        """Ask for a moment; ``message`` is said when there is none, or none that can be read."""
        self.unreadable = message
        super().__init__(label, [Optional()] if optional else [InputRequired(message)], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the moment, and say in our words when it cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(str(self.unreadable)) from None

    @property
    def moment(self) -> datetime:
        """The moment, aware. Raises ValueError for a field that does not hold."""
        if self.data is None:
            raise ValueError("no moment has been read")
        return self.data.replace(tzinfo=STOCKHOLM)


def choice_list(pairs: Iterable[tuple[object, Any]]) -> list[Any]:
    """Return values and labels as what a field offers to choose from."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def choices(words: Mapping[str, Any]) -> list[Any]:
    """Return the choices of a table of words, in its order."""
    return choice_list(words.items())


def asked_ids(values: Iterable[str]) -> list[UUID]:
    """Return ids as they were sent; what is no id names something that is not there. Raises NotFound."""
    try:
        return [UUID(value) for value in values]
    except ValueError:
        raise NotFound from None


def ids(values: Iterable[str]) -> list[UUID]:
    """Return ids that a field has already held against its choices."""
    return [UUID(value) for value in values]
