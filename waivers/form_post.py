"""The page's form as the fields of docs/operations.md: one validation serves both (waivers.forms)."""

import json
from typing import Any

from django.http import QueryDict

GUARDIAN_FIELDS = ("name", "relationship", "email", "phone")
PARTICIPANT_FIELDS = ("submission_key", "seen", "name", "email", "phone", "date_of_birth")
COUNTERSIGNER_FIELDS = ("submission_key", "seen", "name", "relationship", "email", "phone")


def participant_fields(post: QueryDict) -> dict[str, Any]:
    """What a participant typed. Rows for minors that were left empty are not there."""
    guardian: dict[str, Any] = {field: post.get(f"guardian_{field}", "") for field in GUARDIAN_FIELDS}
    guardian["signature"] = _signature(post, "guardian_signature", "guardian_typed_signature")
    names, births = post.getlist("minor_name"), post.getlist("minor_date_of_birth")
    births += [""] * (len(names) - len(births))
    names += [""] * (len(births) - len(names))
    rows = zip(names, births, strict=True)
    return {
        **{field: post.get(field, "") for field in PARTICIPANT_FIELDS},
        "minors": [{"name": name, "date_of_birth": born} for name, born in rows if name.strip() or born.strip()],
        "guardian": guardian,
        "signature": _signature(post, "signature", "typed_signature"),
        "agreed": "agreed" in post,
    }


def countersigner_fields(post: QueryDict) -> dict[str, Any]:
    """What a guardian typed at their own link."""
    return {
        **{field: post.get(field, "") for field in COUNTERSIGNER_FIELDS},
        "signature": _signature(post, "signature", "typed_signature"),
        "agreed": "agreed" in post,
    }


def _signature(post: QueryDict, drawn: str, typed: str) -> Any:
    """A drawn signature (JSON, or a PNG data URL) wins over a typed one."""
    text = post.get(drawn, "")
    if not text.strip():
        return {"typed": post.get(typed, "")} if post.get(typed, "").strip() else None
    try:
        return text if text.startswith("data:") else json.loads(text)
    except (ValueError, RecursionError):
        return text
