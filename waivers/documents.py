"""The versioned text people agree to."""

from dataclasses import dataclass

from waivers.models import WaiverText


@dataclass(frozen=True, slots=True)
class Section:
    """A heading ('' for the opening words) and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


def current_text() -> WaiverText:
    """The newest version. The first one comes with the migrations, so there always is one."""
    return WaiverText.objects.order_by("-version")[0]


def sections(body: str) -> list[Section]:
    """The body as headings and paragraphs, for a page."""
    found: list[Section] = []
    for part in body.strip().split("\n\n"):
        heading, _, rest = part.partition("\n") if part.startswith("# ") else ("", "", part)
        if heading or not found:
            found.append(Section(heading.removeprefix("# "), (rest,) if rest else ()))
        else:
            found[-1] = Section(found[-1].heading, (*found[-1].paragraphs, rest))
    return found
