"""Changing one line of a description in place: every character that is not of the line stays as it was typed.

Each function gives the new description, or None where the change would touch another line as well: what the
reader makes of the lines beside it is compared before and after. Markup is handled as a person would in
Google's editor: a line goes with its newline, its <br> or its own <p> or <li>, and a new one looks like the
line next to it. Struck-out words and comments are never touched.
"""

import re
from collections.abc import Iterable, Iterator

from charters.calendars.text.html_text import TracedLine, description_lines

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]{0,15})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_OPENING = re.compile(r"<(p|div|li|h[1-6])(?:\s[^<>]*)?>", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NEWLINE = re.compile(r"\r\n|\n|\r")
_NEWLINE_AND_INDENT = re.compile(r"(?:\r\n|\n|\r)[ \t]*\Z")
_NOTHING_INSIDE = re.compile(r"<(b|i|u|em|strong|span|font|a)(?:\s[^<>]*)?></\1>", re.IGNORECASE)
_OPENING_LIST = re.compile(r"<(ul|ol)(?:\s[^<>]*)?>\s*\Z", re.IGNORECASE)
_EMPHASIS_BEFORE = re.compile(r"<(b|strong|i|em|u)>\Z", re.IGNORECASE)
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")

Span = tuple[int, int]


def with_words(text: str, lines: list[TracedLine], number: int, start: int, end: int, words: str) -> str | None:
    """Put ``words`` in the place of what stands from ``start`` to ``end`` in a line; '' takes it out."""
    line = lines[number]
    runs = _runs(span for spans in line.origins[start:end] for span in spans)
    if runs:
        changed = text
        for run_start, run_end in reversed(runs[1:]):
            changed = changed[:run_start] + changed[run_end:]
        changed = changed[: runs[0][0]] + words + changed[runs[0][1] :]
        if not words:
            changed = _without_empty_pairs(changed, runs[0][0])
    elif start == end:
        before = [span[1] for spans in line.origins[:start] for span in spans]
        after = [span[0] for spans in line.origins[start:] for span in spans]
        place = before[-1] if before else after[0] if after else line.start
        changed = text[:place] + words + text[place:]
    else:
        return None
    expected = " ".join((line.text[:start] + words + line.text[end:]).split())
    others = [line.text for line in lines]
    return changed if description_lines(changed) == [*others[:number], expected, *others[number + 1 :]] else None


def without_line(text: str, lines: list[TracedLine], number: int) -> str | None:
    """Take a whole line out, with its line break."""
    others = [line.text for place, line in enumerate(lines) if place != number]
    return next((changed for changed in _removals(text, lines[number]) if description_lines(changed) == others), None)


def with_line_after(text: str, lines: list[TracedLine], number: int, words: str) -> str | None:
    """Put a new line behind another."""
    written = [line.text for line in lines]
    expected = [*written[: number + 1], " ".join(_TAG.sub("", words).split()), *written[number + 1 :]]
    line = lines[number]
    candidates = (
        text[: line.right[1] if block and line.right else line.end]
        + between
        + opening
        + words
        + closing
        + text[line.right[1] if block and line.right else line.end :]
        for block, between, opening, closing in _neighbourly(text, line)
    )
    return next((changed for changed in candidates if description_lines(changed) == expected), None)


def with_line_before(text: str, lines: list[TracedLine], number: int, words: str) -> str | None:
    """Put a new line in front of another."""
    written = [line.text for line in lines]
    expected = [*written[:number], " ".join(_TAG.sub("", words).split()), *written[number:]]
    line = lines[number]
    candidates = (
        text[: line.left[0] if block and line.left else line.start]
        + opening
        + words
        + closing
        + between
        + text[line.left[0] if block and line.left else line.start :]
        for block, between, opening, closing in _neighbourly(text, line)
    )
    return next((changed for changed in candidates if description_lines(changed) == expected), None)


def with_only_line(text: str, words: str) -> str | None:
    """Put the first line into a description of which nothing can be read: an empty one, or all struck out."""
    expected = [" ".join(_TAG.sub("", words).split())]
    partings = ("<br>", "\n") if _TAG.search(text) else ("\n", "<br>")
    candidates = (words + between + text for between in (partings if text.strip() else ("", *partings)))
    return next((changed for changed in candidates if description_lines(changed) == expected), None)


def emphasis(text: str, line: TracedLine, start: int, end: int) -> tuple[str, str]:
    """The tags in which the words from ``start`` to ``end`` are wrapped, as labels often are, else ('', '')."""
    runs = _runs(span for spans in line.origins[start:end] for span in spans)
    before = _EMPHASIS_BEFORE.search(text[: runs[0][0]]) if runs else None
    if not before:
        return "", ""
    closing = f"</{before[1]}>"
    inside = text[runs[0][0] : runs[-1][1]].lower()
    wrapped = text[runs[-1][1] :].lower().startswith(closing.lower()) or closing.lower() in inside
    return (before[0], closing) if wrapped else ("", "")


def _runs(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch, put together."""
    runs: list[Span] = []
    for start, end in sorted(set(spans)):
        if start == end:
            continue
        if runs and start <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(end, runs[-1][1])
        else:
            runs.append((start, end))
    return runs


def _without_empty_pairs(text: str, place: int) -> str:
    """Without <b></b> and the like around ``place``, where words have just been taken out."""

    def around_place() -> re.Match[str] | None:
        pairs = _NOTHING_INSIDE.finditer(text, max(0, place - 300), place + 300)
        return next((pair for pair in pairs if pair.start() <= place <= pair.end()), None)

    while pair := around_place():
        text = text[: pair.start()] + text[pair.end() :]
        place = pair.start()
    return text


def _removals(text: str, line: TracedLine) -> Iterator[str]:
    runs = _runs(line.visible)
    edges = [line.start, *(edge for run in runs for edge in run), line.end]
    residue = "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    if _UNSEEN.sub("", _TAG.sub("", residue)):
        # Struck-out words or a comment stand in the line: they stay, in a line of their own.
        yield text[: line.start] + residue + text[line.end :]
        return
    kept = _unmatched(residue)
    left, right = line.left, line.right
    opening = _OPENING.fullmatch(text[left[0] : left[1]]) if left else None
    if left and right and opening and text[right[0] : right[1]].lower() == f"</{opening[1].lower()}>" and not kept:
        before, after = text[: left[0]], text[right[1] :]
        lead = _NEWLINE_AND_INDENT.search(before)
        if lead and (not after or _NEWLINE.match(after)):
            before = before[: lead.start()]
        around = _OPENING_LIST.search(before)
        behind = re.match(rf"\s*</{around[1]}>", after, re.IGNORECASE) if around else None
        if around and behind:
            yield before[: around.start()] + after[behind.end() :]
            yield before[: around.start()] + "<br>" + after[behind.end() :]
        yield before + after
        yield before + "<br>" + after
    if right and _breaks(text, right):
        newline = _NEWLINE.match(text, right[1])
        if newline and text[right[0]] == "<" and text[: line.start].endswith(("\n", "\r")):
            # Lines that end in "<br>" and a newline end so.
            yield text[: line.start] + kept + text[newline.end() :]
        yield text[: line.start] + kept + text[right[1] :]
    if left and _breaks(text, left):
        yield text[: left[0]] + kept + text[line.end :]
    yield text[: line.start] + kept + text[line.end :]


def _breaks(text: str, span: Span) -> bool:
    """Whether a break is a newline or a <br>, not one side of a block."""
    written = text[span[0] : span[1]]
    return bool(_NEWLINE.fullmatch(written) or _LINE_BREAK_TAG.fullmatch(written))


def _unmatched(residue: str) -> str:
    """The tags of a line that open or close something on another line."""
    tags: list[re.Match[str]] = []
    for tag in _TAG.finditer(residue):
        name = tag[2].lower()
        before = next((place for place in range(len(tags) - 1, -1, -1) if tags[place][2].lower() == name), None)
        if tag[1] and before is not None and not tags[before][1]:
            del tags[before]
        else:
            tags.append(tag)
    return "".join(tag[0] for tag in tags)


def _neighbourly(text: str, line: TracedLine) -> Iterator[tuple[bool, str, str, str]]:
    """How a line beside ``line`` can be written: as a block beside its block?, what parts them, and its own tags."""
    left, right = line.left, line.right
    opening = _OPENING.fullmatch(text[left[0] : left[1]]) if left else None
    if left and right and opening and text[right[0] : right[1]].lower() == f"</{opening[1].lower()}>":
        lead = _NEWLINE_AND_INDENT.search(text[: left[0]])
        yield True, lead[0] if lead else "", opening[0], f"</{opening[1]}>"
    for beside in (right, left):
        if beside and _breaks(text, beside):
            yield False, text[beside[0] : beside[1]], "", ""
    if not _TAG.search(text):
        newline = _NEWLINE.search(text)
        yield False, newline[0] if newline else "\n", "", ""
    yield False, "<br>", "", ""
