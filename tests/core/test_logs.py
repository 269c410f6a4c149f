import logging

import pytest

from jada.core.logs import HideTokens


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Not Found: /w/wbfd6YVJyI1wH5-_O0ldNQ/", "Not Found: /w/…/"),
        ("GET /p/9EJP-Q593-YSGG-M8HZ/ 500", "GET /p/…/ 500"),
        ("GET /pages/2026-11-28/quinn-0KAHOAW1qMegz4nJ0bN4Mg.html", "GET /pages/2026-11-28/quinn-….html"),
        ("GET /admin/charters/charter/12/change/", "GET /admin/charters/charter/12/change/"),
    ],
)
def test_a_link_that_is_a_right_is_not_logged(line: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (line,), None)
    HideTokens().filter(record)
    assert record.getMessage() == kept
