"""A line of a description, quoted in a question for the office."""

QUOTE_LIMIT = 200


def quote(line: str) -> str:
    """Give the line between quotation marks, at most ``QUOTE_LIMIT`` characters of it."""
    return f"“{line if len(line) <= QUOTE_LIMIT else line[: QUOTE_LIMIT - 1].rstrip() + '…'}”"
