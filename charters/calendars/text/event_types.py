"""Which type of event a title names: docs/operations.md, "Reading a calendar".

Two mistakes are not alike: a charter taken for a hold loses a guest's trip, a hold taken for a charter makes
a page that nobody reads. So in doubt it is a charter.
"""

import re

EVENT_TYPES = (
    "sunset_sail",
    "afternoon_sail",
    "whale_watching",
    "concert_sail",
    "private",
    "maintenance",
    "crew",
    "hold",
    "unavailable",
)
NOT_CHARTERS = frozenset(["maintenance", "crew", "hold", "unavailable"])


TRIP = r"(?:sail(?:ing|s)?|cruises?|charters?|tours?|trips?|excursions?|outings?)"
DASH = r"(?:\s[-–—]+\s?|\s?[–—]+\s|[-–—]\s|\s?[:|]\s?)"

# Types of the table. A bare "sail" or "cruise" is a type only where no further name follows it
# ("Bay Cruise Company Whale Watching").
_CONCERT = (
    r"rady\s?shell(?:\s(?:concert|sunset|private))?(?:\s(?:sail|cruise|charter))?"
    r"|concert\s(?:sail|cruise|charter)"
)
_ALONE = r"(?=\W*$|\s?[-–—:(|]|\s(?:for|with|w/|x?\d))"
_WHALES = rf"whale[\s-]?watch(?:ing|es|ers)?(?:\s{TRIP})?|whales?\s{TRIP}|(?<!.)whales?{_ALONE}"
_SUNSET = rf"sunset(?:\s[^\W\d_]+)?\s{TRIP}|sunset{_ALONE}"
_AFTERNOON = rf"(?:afternoon|aft)(?:\s(?!of\b)[^\W\d_]+)?\s{TRIP}|afternoon{_ALONE}"
_PLAIN_TRIP = (
    rf"(?:private|pvt|priv|public|group|corporate|ticketed|whole\sboat)\s{TRIP}"
    rf"|(?:(?:harbou?r|bay|day|evening|morning|midday|open|champagne)\s)?{TRIP}(?=\W*$|\s?[-–—:,(/"
    rf"|+&]|\s(?:for|with|at|on|to|and|w/|from|x?\d))"
)
_TYPES = tuple(
    (event_type, re.compile(rf"\b(?:{pattern})", re.IGNORECASE))
    for event_type, pattern in (
        ("concert_sail", _CONCERT),
        ("whale_watching", _WHALES),
        ("sunset_sail", _SUNSET),
        ("afternoon_sail", _AFTERNOON),
    )
)
TYPE = re.compile(rf"\b(?:{_CONCERT}|{_WHALES}|{_SUNSET}|{_AFTERNOON}|{_PLAIN_TRIP})", re.IGNORECASE)
OCCASION = re.compile(
    r"(?<![\w'’])(?:(?:her|his|their|company|office|staff|surprise|secret|\d{1,3}(?:st|nd|rd|th)|first|golden|silver"
    r"|sweet\s(?:16|sixteen)|big)\s){0,3}"
    r"(?:propos(?:al|es|ing|e)|will you marry|pop(?:ping)? the question|engag(?:ement|ed)|ring\b"
    r"|surprise|secret|elope(?:ment)?|wedding|vow|vows|marri(?:age|ed)|honeymoon|mini-?moon"
    r"|anniversary|anniv\b|b-?day|birthday|sweet\s(?:16|sixteen)|quincea[nñ]era|bachelor(?:ette)?"
    r"|bridal|bride|groom"
    r"|rehearsal|dinner|lunch|brunch|breakfast|reception|ceremony|shower|baby|gender reveal|reunion"
    r"|graduation|grad\b|retirement"
    r"|farewell|send[\s-]?off|going away|welcome|celebrat(?:ion|es?|ing)|celebration of life|party"
    r"|parties|happy hour|mixer"
    r"|ash(?:es)?\b(?!\s?[-–&/])|scattering|burial|memorial(?!\sday)|funeral|remembrance|divorce"
    r"|cancer|birth\b"
    r"|corporate|offsite|off-site|team\s?-?building|team\s(?:event|outing|day)|retreat|appreciation"
    r"|incentive|client\s(?:event|day)"
    r"|fundraiser|gala|auction|donation|giveaway|raffle|photo\s?-?shoot|film(?:ing)?\b|shoot\b"
    r"|date\snight|girls['’]?\s(?:night|day|trip)|ladies['’]?\s(?:night|day)"
    r"|field\s?trip|fireworks|regatta|parade|festival|(?:first )?communion|bar mitzvah|bat mitzvah"
    r"|quince|prom\b|homecoming"
    r"|\d{1,3}(?:st|nd|rd|th)\b(?!\s(?:street|st\b|ave)))",
    re.IGNORECASE,
)
_HOLD = re.compile(
    rf"^(?:(?:tentative|soft|temp(?:orary)?|possible|date)\s)?hold(?:ing)?(?:{DASH}|\s?\(|\sfor\b"
    rf"|\s(?:the\s)?date\b|\s?\?|$)"
    rf"|(?:{DASH}|\()\s?(?:(?:tentative|soft|date)\s)?hold\b\W*$",
    re.IGNORECASE,
)
_MAYBE_HOLD = re.compile(r"^(?:(?:tentative|soft)\s)?hold(?![\w'’-])|\s(?:on\s)?hold\W*$", re.IGNORECASE)
_UPKEEP = r"maint(?:en[ae]nce|ainance|anence)?\b"
_MAINTENANCE_FOR_SURE = re.compile(rf"^(?:\w+\s)?{_UPKEEP}(?:{DASH}|\s?\(|\W*$)", re.IGNORECASE)
_MAINTENANCE = re.compile(
    rf"^(?:\w+\s){{0,2}}{_UPKEEP}(?:\s(?:day|week|window|block|period|time|work))?\W*$"
    r"|\b(?:haul(?:ing)?[\s-]?out|hauled\sout|dry[\s-]?dock|boat\s?yard|ship\s?yard|(?:at|in|to"
    r"|from)\s(?:the\s)?yard|yard\s(?:period|time|work|day|visit)"
    r"|(?:bottom|hull)\s(?:clean(?:ing)?|paint(?:ing)?|job|scrub)|zincs?|(?:engine|generator|genset"
    r"|winch|rigging|sail|radio|raft|life\s?raft|extinguisher|hvac|head|motor)"
    r"\s(?:service|svc|repairs?|maintenance|overhaul|inspection|work|install(?:ation)?|maker|loft|check|tune-?up)"
    r"|oil\schange|pump[\s-]?out|sea\strial|re-?fit|varnish(?:ing)?|(?:marine|hull|insurance|annual"
    r"|rig|condition|vessel|boat)\ssurvey"
    r"|(?:coast\sguard|uscg|coi|annual|vessel|dockside)\s(?:inspection|exam|coi)|deck\swash|(?:clean|wash|detail)(?:ing)?\s(?:the\s)?(?:boat|jada)|clean(?:ing)?\screw"
    r"|wash[\s-]?down|deep\sclean(?:ing)?|boat\s(?:clean(?:ing)?|wash|work|repairs?|detail(?:ing)?)"
    r"|(?:weekly|monthly|annual)\s(?:clean(?:ing)?|service)|bend\son\ssails|fuel(?:ing)?\s(?:dock|up"
    r"|stop)|fuel\spolish(?:ing)?)\b"
    r"|\brepairs?\W*$|^(?:yard|survey(?:or)?|clean(?:ing)?|service|repairs?|inspection|coi|fuel(?:ing)?|diver"
    r"|detailing|rigging|rigger)(?:\W*$|\s?[-–—:(]\s?|\s\d{1,2}(?::\d\d)?\s?[ap]m\b)",
    re.IGNORECASE,
)
_CREW = re.compile(
    r"^(?:(?:all|new|full|mandatory|monthly|weekly|annual)[\s-]?(?:hands\s)?)?(?:crew|staff"
    r"|deckhands?|captains?['’]?|mates?|new\shires?)\s"
    r"(?:training|meetings?|mtgs?|drills?|practice|orientation|onboarding|call|only|day|tryouts?"
    r"|interviews?|safety|certification|debrief|briefing)\b"
    rf"|^(?:all[\s-])?crew(?:\W*$|{DASH})|^all[\s-]hands\b"
    r"|^(?:mob|man\soverboard|safety|fire|abandon\sship|emergency)\s(?:drills?|training|practice)\b"
    r"|^(?:training|drills?)(?:\W*$|\s?[-–—:(])",
    re.IGNORECASE,
)
_UNAVAILABLE = re.compile(
    r"\bunavailable\b|\bnot\savail(?:able)?\b|\bcan(?:not|['’]?t)\s(?:work|sail|come)\b|\bunavail\b|\bon\s(?:vacation|leave|pto|holiday)\b"
    r"|\bout\sof\s(?:office|town|the\soffice|the\scountry)\b"
    r"|\b(?:ooo|pto)\b|\b(?:dr|doctor|dentist)\.?\sapp(?:oin)?t(?:ment)?\b|^vacation(?:\W*$|\s?[-–—:(])|^(?:day|days|week)\soff\b(?!\w)|^(?:blocked|block(?=\W*$|\s?[-–—:(])"
    r"|block(?:ed)?\sout|black\s?out|closed|no\scharters|no\ssailings?)\b\W*",
    re.IGNORECASE,
)
_PERSON_OUT = re.compile(
    rf"^(?P<who>[^\W\d_][\w'’.-]*(?:\s(?:and|&|\+)\s[^\W\d_][\w'’.-]*"
    rf"|\s[^\W\d_][\w'’.-]*)?)(?:{DASH}|\s)(?:is\s|are\s|calls?\s|called\s)?"
    r"(?:out|off|away|sick|vacation|leave|n/a|na|busy|gone|traveling|travelling)"
    r"(?:\W*$|\s(?:on|until|till|til|from|thru|through|all|this|next|today|tonight|tomorrow|am|pm"
    r"|sick|week|day|mon|tue|wed|thu|fri|sat|sun|\d)|\s?[-–—(:])",
    re.IGNORECASE,
)
# "Ladies Night Out", "Johnson Send Off", "Sold out": these words before "out" and "off" are nobody's name.
_NOBODY = frozenset(
    str.split(
        "night day date send kick kickoff sold cash check coming going way hang work cook cut take"
        " cast push blow chill"
        " dine eat tee face play sail sails sailing time trip lay log set show stand way drop stay"
        " hide spring big family the a an"
        " team office ladies girls boys guys moms dads everyone mothers fathers company school"
    )
)
_WHEN = re.compile(r"\s(?:before|after|prior\sto|ahead\sof|until|till|between|due\sto)\s", re.IGNORECASE)


def event_type_of(words: str) -> str:
    """Give the type that a title's words name, without the platform or status in front of them."""
    # "Cleaning after Quinn Sunset Sail" is a cleaning: what it comes before or after is not its type.
    clause = _WHEN.split(words, maxsplit=1)[0]
    if _HOLD.search(words):
        return "hold"
    if _MAINTENANCE_FOR_SURE.search(clause):
        return "maintenance"
    table_type = next((event_type for event_type, pattern in _TYPES if pattern.search(words)), None)
    of_clause = TYPE.search(clause)
    occasion = OCCASION.search(clause)
    # Crew may train under sail: a bare "sail" makes no charter of "Crew training sail".
    if (
        _CREW.search(clause)
        and not occasion
        and (of_clause is None or (not table_type and "private" not in clause.lower()))
    ):
        return "crew"
    if of_clause is None and occasion is None:
        if _UNAVAILABLE.search(words):
            return "unavailable"
        if _MAINTENANCE.search(clause):
            return "maintenance"
        if _MAYBE_HOLD.search(words):
            return "hold"
        if (person := _PERSON_OUT.search(words)) and not _NOBODY & set(person["who"].casefold().split()):
            return "unavailable"
    elif (away := _UNAVAILABLE.search(words)) and away.start() < min(
        found.start() for found in (of_clause, occasion) if found
    ):
        return "unavailable"
    return table_type or "private"
