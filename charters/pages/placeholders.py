"""What was left for somebody to fill in: “{{ name }}”, “[GUEST]”, “<name>”, “TBD”. No guest should be shown it.

Real names are spared: Nan and Null are people, “[VIP]” and “the [red] gate” are words.
"""

import re

# What stands where nobody has decided yet, whole and in any case.
_NOT_YET = frozenset(
    {
        *("", "n/a", "unknown", "pending", "to follow", "open", "unassigned", "not assigned", "none yet"),
        *("to be determined", "to be announced", "to be confirmed", "to be decided", "to be assigned"),
        *("[tbd]", "[tba]", "[tbc]", "<tbd>", "[?]", "[ ]", "[]"),
        *("firstname", "lastname", "firstname lastname", "first last"),
    }
)
# Whoever writes one of these beside words for fields alone (“Captain TBD”, “GUEST NAME HERE”) named nobody.
_OPEN = frozenset(
    {*("tbd", "tba", "tbc", "t.b.d", "xx", "xxx", "xxxx", "todo"), *("name", "names", "insert", "enter", "needed")}
)
# What a program writes for nothing; “Nan” and “None” in other letters are names.
_OF_PROGRAMS = frozenset({"None", "nan", "NaN", "null", "NULL", "undefined"})
_FIELDS = (
    *("guest", "guests", "party", "client", "customer", "captain", "crew", "mate", "deckhand", "first", "last", "full"),
    *("your", "the", "of", "here", "name", "names", "insert", "enter", "date", "day", "time", "start", "end", "hours"),
    *("arrival", "arrive", "by", "dock", "pier", "place", "address", "location", "gate", "code", "phone", "number"),
    *("email", "e-mail", "vessel", "boat", "yacht", "link", "url", "brand", "company", "office"),
    *("tbd", "tba", "tbc", "xx", "xxx", "todo"),
)
_OPEN_WORDS = _OPEN.union(_FIELDS)
_AROUND = "?!:,;-–—.…*#()\"“”' "
_FIELD_WORDS = rf"\s*(?:(?:{'|'.join(_FIELDS)})(?:(?:['’]s)?[\s_-]+|(?=[\]>»])))+"
_LEFT_OPEN = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\{%"  # of templates, whole or cut off
    r"|\$?\{\s*[a-z_][\w .|:-]*\}|%\(\w+\)s|%[a-z_]{3,}%|\$[a-z_]{3,}\b"  # of formats and mail merges
    r"|#(?:REF!|NAME\?|VALUE!|N/A)"  # of spreadsheets
    rf"|\[{_FIELD_WORDS}\]|<{_FIELD_WORDS}>|«{_FIELD_WORDS}»"  # “[GUEST]”, “<guest name>”, “[insert dock here]”
    r"|_{3,}|\bx{3,}\b|(?-i:\bTODO\b|\bFIXME\b)|\blorem ipsum\b|\[object object\]",
    re.IGNORECASE,
)
_NO_MOMENT = b'datetime=""'


def _as_value(word: str) -> re.Pattern[bytes]:
    """Where it is all that an element holds, or an attribute. It begins with the word: so a page is searched fast."""
    before = "|".join(rf"(?<={mark}{word})" for mark in (">", r">\s", '"', "tel:", "sms:", "mailto:"))
    return re.compile(rf'{word}(?=\s*<|["?])(?:{before})'.encode())


_VALUES_OF_PROGRAMS = {word: _as_value(word) for word in sorted(_OF_PROGRAMS)}


def placeholder_in(text: str) -> str:
    """What was left to be filled in anywhere in a text, as it is written; else ''."""
    found = _LEFT_OPEN.search(text)
    return found[0].strip() if found else ""


def is_undecided(name: str) -> bool:
    """Whether a name or place only says that nobody has decided yet: “TBD”, “Captain TBD”, “???”, nothing at all."""
    plain = " ".join(name.split())
    small = plain.casefold().strip(_AROUND)
    if small in _NOT_YET or plain == "NA" or plain in _OF_PROGRAMS:
        return True
    words = {word.strip(_AROUND) for word in small.replace("_", " ").split()}
    return bool(words & _OPEN) and words <= _OPEN_WORDS


def unfilled(html: bytes) -> str:
    """Why a rendered page must not be put, in words; else ''. The last look, whatever its facts said."""
    for mark in (b"{{", b"{%"):
        if mark in html:
            return f"an unfilled placeholder: “{mark.decode()}” stands on the page"
    if _NO_MOMENT in html:
        return "a time on the page is empty"
    for word, alone in _VALUES_OF_PROGRAMS.items():
        if alone.search(html):
            return f"a value on the page is “{word}”"
    return ""
