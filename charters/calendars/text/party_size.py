"""How many guests a line speaks of: "Guests: 4", "party of five", "24 kids + 4 adults", "6-8 pax".

The spellings are those of docs/domain.md and of the sample feed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from charters.calendars.text.quoting import quote

LARGEST_PARTY = 999

_UNITS = str.split("one two three four five six seven eight nine")
_TEENS = str.split("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = str.split("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: n for n, word in enumerate([*_UNITS, *_TEENS], start=1)}
_WORDS |= {word: n for n, word in zip(range(20, 100, 10), _TENS, strict=True)}
_WORDS |= {
    f"{tens}{joint}{unit}": 10 * (n + 2) + m
    for n, tens in enumerate(_TENS)
    for m, unit in enumerate(_UNITS, start=1)
    for joint in "- "
}
_WORDS |= {"a dozen": 12, "one dozen": 12, "dozen": 12, "two dozen": 24, "three dozen": 36}

_NUMBER_WORD = re.compile(
    rf"\b(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS)}))?"
    rf"|(?:(?:a|one|two|three) )?dozen|{'|'.join(_TEENS)}|{'|'.join(_UNITS)})\b",
    re.IGNORECASE | re.ASCII,  # without ASCII "sıx" would match, which no table of words holds
)

# Most lines spell no number: this is seen several times as fast.
_NUMBER_WORD_HINT = re.compile(r"one|t(?:wo|we|hree|hir|en)|f(?:ou?r|i[vf])|s(?:ix|even)|eigh|nin|eleven|dozen")

# The first digit stands before the look behind it so that the search can skip to digits.
_NUMBER = r"\d(?<![\d.,:/$#-]\d)\d{0,5}(?!\d|[:.,/]\d|-\d{3}|\ ?[ap]\.?m\b|%|(?:st|nd|rd|th)\b)"
_LABELLED_NUMBER = r"\d{1,6}(?!\d|[:.,/]\d|-\d{3}|\ ?[ap]\.?m\b|%|(?:st|nd|rd|th)\b)"
_UNTIL = r"\d{1,6}(?!\d|[:.,/]\d|-\d|\ ?[ap]\.?m\b|%)"
_ADULT = r"adults?|grown[\ -]?ups?|chaperones?|teachers?|parents?"
_CHILD = r"kids?|child(?:ren)?|minors?|teens?|teenagers?|students?|pupils?|infants?|toddlers?|bab(?:y|ies)"
_HEADS = r"guests?|pax|passengers?|people|persons?|ppl|souls|heads|attendees|invitees"
_ROUGHLY = r"(?:~|≈|about|approx\.?(?:imately)?|around|roughly|circa|maybe|probably|possibly)\ ?"
_AT_MOST = r"(?:up\ to|max\.?(?:imum)?|no\ more\ than|<=?|≤)\ ?(?:of\ )?"

_NO_CREW_BEHIND = r"(?!\ ?(?:crew|captain|deckhand|mate))"
# “+2”, “plus 2 children”, “(+2 kids)”: in the longer forms only people are added, no hours.
_MORE = (
    rf"(?P<more>\ ?\+\ ?{_NUMBER}{_NO_CREW_BEHIND}"
    rf"|\ ?(?:\(\ ?\+|plus)\ ?{_NUMBER}(?=\ (?:more|extra|{_ADULT}|{_CHILD}|{_HEADS})\b))?"
)
_LABELLED = re.compile(
    r"(?<![\w-])(?P<updated>(?:updated|new|revised|final)\ )?(?P<kind>(?:guest|final|total)\ count"
    r"|number\ of\ guests|no\.\ of\ guests|\#\ of\ guests"
    r"|guests?|pax|passengers?|people|party(?:\ size)?|head\ ?count|group(?:\ size)?|family)\b"
    r"(?:\ (?:list|expected|confirmed|booked|total|on\ board|aboard|\((?P<final>final|updated?|confirmed|total)\)))?"
    r"\ ?(?:[:=\#]|(?:[-–—]|of|is|now)(?=\ |\d|~))?\ ?"
    rf"(?P<was>(?:was|from|(?:went|changed|up|down)\ from)\ {_LABELLED_NUMBER},?\ (?:but\ )?(?:is\ )?(?:now|to)\ "
    r"|(?:went|gone|changed)\ (?:(?:up|down)\ )?to\ |now\ )?"
    rf"(?P<roughly>{_ROUGHLY})?(?:{_AT_MOST})?(?P<number>{_LABELLED_NUMBER})"
    rf"(?:\ ?(?:→|[-=]+>)\ ?(?P<now>{_LABELLED_NUMBER}))?"
    rf"(?:\ ?(?:-|–|—|to\b|or\b|/)\ ?(?P<until>{_UNTIL}))?(?P<after>\+(?!\ ?\d)|\ ?\?|ish\b|-ish\b)?"
    rf"(?:\ (?P<composed>{_ADULT}|{_CHILD})\b)?{_MORE}",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"(?P<number>{_NUMBER})(?:\ ?(?:-|–|—|to\b|or\b|/)\ ?(?P<until>{_UNTIL}))?"
    rf"(?P<after>\+|\?|ish|-ish)?[\ -]?(?:paying\ |total\ |confirmed\ |adult\ )?(?P<kind>{_HEADS})(?![\w'’])"
    rf"{_MORE}(?P<some>\ (?:are|is|has|have|need|needs|want|wants|will|would"
    rf"|may|might|prefer"
    r"|under|vegan|vegetarian|allergic|who|with\ allerg|gluten|can['’]?t|cannot|do\ not|don['’]?t|not)\b)?",
    re.IGNORECASE,
)
# "18 + 2 kids": the first number counts the others.
_AND_MINORS = re.compile(
    rf"(?P<others>{_NUMBER})\ ?(?:\+|plus|and|&)\ ?(?P<minors>{_LABELLED_NUMBER})\ ?(?:{_CHILD})(?![\w'’])",
    re.IGNORECASE,
)
_COMPOSED = re.compile(rf"(?P<number>{_NUMBER})\ ?(?:(?P<adult>{_ADULT})|(?P<child>{_CHILD}))(?![\w'’])", re.IGNORECASE)
# "Adults: 4, kids: 2"
_ADULTS_FIRST = re.compile(
    rf"(?<!\d\ )\b(?:{_ADULT})(?P<sign>\ ?[:=])?\ ?(?P<adults>{_LABELLED_NUMBER})"
    rf"(?P<children>(?:[ ,;/&+-]{{1,3}}(?:and\ )?(?:{_CHILD})\ ?[:=]?\ ?{_LABELLED_NUMBER}){{0,3}})",
    re.IGNORECASE,
)
# Of several counts these are none of the whole party: what the boat carries, and who is among those counted already.
_CAPACITY_BEFORE = re.compile(
    r"\b(?:holds?|carr(?:y|ies)|capacity|room for|seats|max(?:imum)?\.?|up to|limit(?:ed to)?|certified for"
    r"|licensed for|allows?)[ :]{0,2}(?:of )?$",
    re.IGNORECASE,
)
_CAPACITY_BEHIND = re.compile(r"[ -]?(?:max|limit|capacity|boat|yacht|vessel|allowed|per)\b", re.IGNORECASE)
_AMONG_BEFORE = re.compile(
    r"\b(?:incl(?:\.|udes|uding|uded)?|of whom|of them|of which|among them)[ :]{0,2}(?:(?:an?|the) )?$", re.IGNORECASE
)
# What is cheap to look for in small letters, before the patterns above are tried.
_PARTY_HINT = re.compile(
    r"part|group|famil|head|numb|count|no\. of|# of|adult|grown|chap|teach|parent|guest|pax|passen|people|person|ppl"
    r"|souls|atten|invit|minor|kid|child|teen|infant|toddler|bab|student|pupil"
)
_YOUNG_HINT = re.compile(r"minor|kid|child|teen|infant|toddler|bab|student|pupil|under|guardian")
_AGE_HINT = re.compile(r"is [0-9]|turning [0-9]|age|[0-9][ -]?y|son|daughter|nephew|niece")
_BY_AGE_HINT = re.compile(r"adult|grown|chap|teach|parent|minor|kid|child|teen|infant|toddler|bab|student|pupil")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_FIGURE = re.compile(_NUMBER)
_NOT_SURE_BEFORE = re.compile(rf"{_ROUGHLY}$", re.IGNORECASE)
_NOW_BEFORE = re.compile(rf"\bnow\ (?:{_ROUGHLY})?$", re.IGNORECASE)

_MINORS = re.compile(
    r"\b(?:minors?|kids?|child(?:ren)?|teen(?:s|ager|agers)?|infants?|toddlers?|bab(?:y|ies)(?!\ shower)"
    r"|(?:sons?|daughters?|nephews?|nieces?),?\ \(?(?:1[0-7]|[1-9])(?=[),]|\ and\b|\ ?&|$)"
    r"|students?|pupils?|under[\ -]?(?:18|age)|guardians?|1[0-7][\ -]?(?:year|yr)s?[\ -]old"
    r"|[1-9][\ -]?(?:year|yr)s?[\ -]old"
    r"|(?:is\ |turning\ |age[ds]?:?\ )(?:1[0-7]|[1-9])(?!\d|[:.,/]\d|\ ?[ap]\.?m\b)|(?<!\d)(?:1[0-7]|[1-9])\ ?y/?o)\b",
    re.IGNORECASE,
)
_YOUNG = r"(?:minors?|kids?|child(?:ren)?|teens?|bab(?:y|ies)|under[ -]?(?:18|21|age))"
_NO_MINORS = re.compile(
    rf"\b(?:no|zero|0|without(?: any)?|no ?one|nobody|not bringing(?: any| the)?) {_YOUNG}\b"
    rf"|\b{_YOUNG} ?[:=?-]{{0,2}} ?(?:0|zero|none|no|n/?a)(?=\W*$|[,;.)/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PartySize:
    """What one line says of the number of guests.

    ``weight`` says how plainly: 4 a corrected count, 3 a labelled one ("Guests: 6"), 2 a counted one
    ("6 guests"), 1 a part of the party ("2 guests are vegan", "2 kids"), 0 none.
    """

    count: int | None = None
    weight: int = 0
    questions: tuple[str, ...] = ()


NO_PARTY_SIZE = PartySize()


def mentions_minors(line: str) -> bool:
    """Tell whether a line speaks of somebody under age, other than to say there is none."""
    small = line.lower()
    if not (_YOUNG_HINT.search(small) or (_DIGIT.search(line) and _AGE_HINT.search(small))):
        return False
    return bool(_MINORS.search(line) and _MINORS.search(_NO_MINORS.sub("", line)))


def read_party_size(line: str) -> PartySize:
    """Read the number of guests from one line; a range counts as its upper end, two numbers as the higher."""
    small = line.lower()
    if not _PARTY_HINT.search(small):
        return NO_PARTY_SIZE
    figures = _NUMBER_WORD.sub(_in_figures, line) if _NUMBER_WORD_HINT.search(small) else line
    if not _DIGIT.search(figures):
        return NO_PARTY_SIZE
    by_age = _BY_AGE_HINT.search(small)
    counted = list(_COUNTED.finditer(figures))
    wholes = [found for found in counted if not found["some"]]
    # Not the “guests 1” of "10 guests 1 infant".
    labels = [
        label
        for label in _LABELLED.finditer(figures)
        if not any(found.start() < label.start() < found.end() for found in counted)
    ]
    labelled = labels[0] if labels else None
    first = _ADULTS_FIRST.search(figures) if by_age and not labelled else None
    if first and (first["sign"] or first["children"]):
        children = sum(map(int, _DIGITS.findall(first["children"])))
        return _within_reason(line, int(first["adults"]) + children, 2, [])
    parts = list(_COMPOSED.finditer(figures)) if by_age else []
    total = sum(int(part["number"]) for part in parts)
    complete = any(part["adult"] for part in parts)
    if labelled and not (labelled["composed"] and complete):
        return _plainest(line, labels, _judge_labelled)
    if wholes:
        return _plainest(line, wholes, _judge_counted)
    if complete:
        return _within_reason(line, total, 2 + bool(labelled), [])
    if parts and (both := _AND_MINORS.search(figures)):
        return _within_reason(line, int(both["others"]) + int(both["minors"]), 2, [])
    if parts:
        question = f"{quote(line)} counts only the minors of the party"
        return PartySize(total if 1 <= total <= LARGEST_PARTY else None, 1, (question,))
    if counted:
        return _within_reason(line, int(counted[0]["number"]), 1, [])
    return NO_PARTY_SIZE


def _plainest(line: str, found: list[re.Match[str]], judge: Callable[[str, re.Match[str]], PartySize]) -> PartySize:
    """What the line says of the whole party: the last correction, else the one number; two of them are asked about."""
    if len(found) == 1:
        return judge(line, found[0])
    whole = [each for each in found if not _is_of_no_whole(each)] or found
    judged = [(each, judge(line, each)) for each in whole]
    weight = max(size.weight for _, size in judged)
    judged = [(each, size) for each, size in judged if size.weight == weight]
    counts = {size.count: each[0].strip() for each, size in reversed(judged)}
    if weight == 4 or len(counts) == 1:
        return judged[-1][1] if weight == 4 else judged[0][1]
    count = max(size.count or 0 for _, size in judged)
    written = [quote(each) for each in reversed(counts.values())]
    if all(each in line for each in counts.values()):
        said = f"The text gives different numbers of guests, {', '.join(written[:-1])} and {written[-1]}"
    else:  # numbers in words: the line as it was written
        said = f"{quote(line)} gives different numbers of guests"
    return PartySize(count, weight, (f"{said}; {count} are reckoned with.",))


def _is_of_no_whole(found: re.Match[str]) -> bool:
    before = _before(found)
    behind = _CAPACITY_BEHIND.match(found.string, found.end())
    return bool(_CAPACITY_BEFORE.search(before) or _AMONG_BEFORE.search(before) or behind)


def _before(found: re.Match[str]) -> str:
    return found.string[max(0, found.start() - 24) : found.start()]


def _judge_labelled(line: str, found: re.Match[str]) -> PartySize:
    corrected = bool(found["updated"] or found["final"] or found["was"] or found["now"])
    return _judge(line, found, 3 + corrected, roughly=bool(found["roughly"]))


def _judge_counted(line: str, found: re.Match[str]) -> PartySize:
    before = _before(found)
    roughly = bool(_NOT_SURE_BEFORE.search(before))
    return _judge(line, found, 4 if _NOW_BEFORE.search(before) else 2, roughly=roughly)


def _in_figures(word: re.Match[str]) -> str:
    return str(_WORDS[word[0].lower()])


def _judge(line: str, found: re.Match[str], weight: int, *, roughly: bool) -> PartySize:
    count = int(found.groupdict().get("now") or found["number"])
    questions = []
    if found["until"]:
        count = max(count, int(found["until"]))
        questions.append(f"{quote(line)} gives a range; {count} guests are reckoned with.")
    elif roughly or found["after"]:
        questions.append(f"{quote(line)} is not sure of the number of guests; {count} are reckoned with.")
    if found["more"] and (more := _FIGURE.search(found["more"])):
        count += int(more[0])
    return _within_reason(line, count, weight, questions)


def _within_reason(line: str, count: int, weight: int, questions: list[str]) -> PartySize:
    if 1 <= count <= LARGEST_PARTY:
        return PartySize(count, weight, tuple(questions))
    return PartySize(None, 0, (f"{quote(line)} names no possible number of guests",))
