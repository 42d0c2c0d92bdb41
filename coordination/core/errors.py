"""The four ways in which the domain says no. Areas subclass them; one handler each for web and API answers them."""


class DomainError(Exception):
    """A refusal with a stable ``code`` in snake_case, for the log and for choosing the sentence on screen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotFound(DomainError):
    """Not there, or not visible to this actor: the two must not be told apart, so it carries no detail."""

    def __init__(self) -> None:
        super().__init__("not_found")


class Forbidden(DomainError):
    """The actor may see the thing but not do this to it."""


class Invalid(DomainError):
    """What was sent cannot be used; ``fields`` maps the name of a field to what is wrong with it."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.fields = fields


class Conflict(DomainError):
    """The thing has moved on since the actor looked at it, or its state does not allow this step."""
