"""How a form is refused: every field that is wrong is named, all at once, in words for people."""

from dataclasses import dataclass

from jada.core.errors import JadaError


@dataclass(frozen=True, slots=True)
class FieldError:
    """`field` as docs/operations.md names it: `email`, `guardian.email`, `minors.0.date_of_birth`."""

    field: str
    message: str


class RefusedError(JadaError):
    """What somebody sent cannot be signed as it stands; `errors` says why, field by field."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("The waiver was not accepted.")
        self.errors = errors


class FieldRefusedError(JadaError):
    """One field's refusal, before it is known which field it is."""
