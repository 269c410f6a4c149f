"""Logs carry no rights: the tokens of public links are cut out of every line."""

import logging
import re

TOKENS = re.compile(r"(/(?:w|p|g|u|crew|orders)/)(?:[A-Za-z0-9_-]|%20|\+){8,}|(-)[A-Za-z0-9_-]{22}(?=\.html)")


class HideTokens(logging.Filter):
    """Rewrites a record so that `/w/<token>/` and a page's token are not in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is changed in place."""
        message = record.getMessage()
        if TOKENS.search(message):
            record.msg, record.args = TOKENS.sub(r"\1\2…", message), ()
        return True
