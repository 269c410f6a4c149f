"""The admin site: unfold's, with the board as its home."""

from unfold.sites import UnfoldAdminSite


class JadaAdminSite(UnfoldAdminSite):
    """The office's place."""
