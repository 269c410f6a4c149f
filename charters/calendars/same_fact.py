"""Whether two statements of a fact mean the same: moments as moments, names as they are compared, a crew in any order.

Pure; values are those of `Charter.calendar_facts`.
"""

from datetime import datetime
from typing import Any

from charters.calendars.facts import MOMENTS, UNSTATED
from charters.models.people import plain_name


def same_fact(name: str, one: Any, other: Any) -> bool:
    """Compare two values of the fact `name`; moments are ISO texts, a crew is [[name, role], …].

    None, "" and [] all say nothing.
    """
    if one in UNSTATED or other in UNSTATED:
        return one in UNSTATED and other in UNSTATED
    return bool(_comparable(name, one) == _comparable(name, other))


def _comparable(name: str, value: Any) -> Any:
    if name in MOMENTS:
        return datetime.fromisoformat(value)
    if name == "crew":
        return sorted((plain_name(each), role) for each, role in value)
    return plain_name(value) if isinstance(value, str) else value
