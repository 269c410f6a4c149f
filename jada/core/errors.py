"""Errors that cross a room's wall, in words fit for a screen."""


class JadaError(Exception):
    """A refusal whose text may be shown to a person as it stands."""


class AdapterError(JadaError):
    """What a vendor's error means to us, translated once by its adapter.

    `permanent` says that trying again cannot help; `retry_after` is the vendor's wish in seconds, if it named one.
    """

    def __init__(
        self, words: str, *, service: str = "", permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(words)
        self.service = service
        self.permanent = permanent
        self.retry_after = retry_after
