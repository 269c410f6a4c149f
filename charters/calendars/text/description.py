"""What the words in an event's description say about its charter.

Crew, party size, arrival and contact are written into the description as loosely structured text
(docs/domain.md, "Before this system"); the rules of reading are those of docs/operations.md, "Reading a
calendar". Each line is read by itself and the lines are then put together, the later over the earlier
where the office corrects itself. Nothing here knows who the crew are, and nothing is ever raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charters.calendars.text.clock_times import ClockTime, TimesOfLine, hours_disagree, resolve
from charters.calendars.text.contact_lines import NO_CONTACT, ContactLine
from charters.calendars.text.html_text import DESCRIPTION_LIMIT, description_lines
from charters.calendars.text.name_lists import same_name
from charters.calendars.text.named_crew import (
    CrewName,
    Mention,
    NamedCrew,
    change_told,
    mentions,
    named_crew,
    one_reached,
)
from charters.calendars.text.party_size import PartySize
from charters.calendars.text.quoting import quote
from charters.calendars.text.read_lines import ReadLine, read_lines

__all__ = [
    "DESCRIPTION_LIMIT",
    "ClockTime",
    "CrewName",
    "Description",
    "Mention",
    "hours_disagree",
    "mentions",
    "read_description",
    "resolve",
]


@dataclass(frozen=True, slots=True)
class Description:
    """The facts of one event description.

    Names are as written; ``email`` is in small letters, ``phone`` in E.164. ``hours`` are those the text
    claims, to be compared with the event's own by `hours_disagree`. ``vessel_words`` are what the text calls the
    boat, as written. ``questions`` are words for staff that quote the ambiguous line, ``unread`` the lines of
    which nothing was made.
    """

    captain: str | None = None
    crew: tuple[CrewName, ...] = ()
    guest_count: int | None = None
    arrive_by: ClockTime | None = None
    hours: tuple[ClockTime, ClockTime] | None = None
    email: str | None = None
    phone: str | None = None
    platform: str = ""
    confirmation_code: str | None = None
    minors: bool = False
    vessel_words: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_description(text: str) -> Description:
    """Read an event description, plain or HTML, as far as its first ``DESCRIPTION_LIMIT`` characters."""
    lines = read_lines(description_lines(text))
    if not lines:
        return _NOTHING
    crew = named_crew(lines)
    questions: list[str] = []
    unread: list[str] = []
    contacts: list[ContactLine] = []
    quoted_contacts: list[ContactLine] = []
    names = crew.by_name()
    vessel_words: list[str] = []
    minors = False
    for number, line in enumerate(lines):
        questions += line.crew.questions
        questions += line.times.questions
        vessel_words += line.vessel_words
        minors = minors or line.minors
        if number in crew.listed:
            continue
        if not line.read:
            unread.append(line.text)
            if told := change_told(line.text, names):
                questions.append(told)
        if line.contact is not NO_CONTACT:
            if line.contact.phones and (whose := one_reached(line, names)):
                questions.append(f"{quote(line.text)} is taken for {whose}'s own number, not the guest's")
            else:
                (quoted_contacts if line.text[0] == ">" else contacts).append(line.contact)
    if len(crew.captains) > 1:
        questions += _several_captains(crew)
    # What a reply quotes counts only where the reply itself says nothing of the kind.
    quoted = [line for line in lines if line.text[0] == ">"]
    own = [line for line in lines if line.text[0] != ">"] if quoted else lines
    guest_count = _party_size(own, questions) or (_party_size(quoted, questions) if quoted else None)
    arrive_by = _arrival(own, questions) or (_arrival(quoted, questions) if quoted else None)
    hours = _only_hours(own, questions) or (_only_hours(quoted, questions) if quoted else None)
    email, phone, platform, code = _put_contact_together(contacts + quoted_contacts, questions)
    return Description(
        captain=crew.captain,
        crew=crew.without_repeats(),
        guest_count=guest_count,
        arrive_by=arrive_by,
        hours=hours,
        email=email,
        phone=phone,
        platform=platform,
        confirmation_code=code,
        minors=minors,
        vessel_words=tuple(dict.fromkeys(vessel_words)) if vessel_words else (),
        questions=tuple(dict.fromkeys(questions)) if questions else (),
        unread=tuple(unread),
    )


_NOTHING = Description()


def _several_captains(crew: NamedCrew) -> list[str]:
    if len({same_name(mention.name) for mention in crew.captains}) < 2:
        return []
    written = ", ".join(dict.fromkeys(mention.name for mention in crew.captains))
    return [f"The text names several captains ({written}); the last is taken"]


def _party_size(lines: Sequence[ReadLine], questions: list[str]) -> int | None:
    best: PartySize | None = None
    differing = False
    for line in lines:
        party = line.party
        if not party.weight:
            questions.extend(party.questions)
            continue
        if best is None or party.weight > best.weight or (party.weight == 4 == best.weight):
            best, differing = party, False
        elif party.weight == best.weight and party.count != best.count:
            # Of two counts the larger is the safer one for the vessel's passenger limit.
            best = max(best, party, key=lambda size: size.count or 0)
            differing = party.weight > 1
    if best is None:
        return None
    questions.extend(best.questions)
    if differing:
        questions.append(f"The text gives different numbers of guests; {best.count} are reckoned with.")
    return best.count


def _arrival(lines: Sequence[ReadLine], questions: list[str]) -> ClockTime | None:
    """The time in the plainest words; of two as plain the last."""
    best: TimesOfLine | None = None
    for line in lines:
        times = line.times
        if times.arrive_by is None:
            continue
        if best is None or times.arrive_rank > best.arrive_rank:
            best = times
        elif times.arrive_rank == best.arrive_rank and times.arrive_by != best.arrive_by:
            questions.append(f"The text gives several times of arrival; the last is used: {quote(line.text)}")
            best = times
    return best.arrive_by if best else None


def _only_hours(lines: Sequence[ReadLine], questions: list[str]) -> tuple[ClockTime, ClockTime] | None:
    hours: tuple[ClockTime, ClockTime] | None = None
    for line in lines:
        claimed = line.times.hours
        if claimed is None:
            continue
        if hours is not None and claimed != hours:
            questions.append(f"The text gives different hours; the last are used: {quote(line.text)}")
        hours = claimed
    return hours


def _put_contact_together(
    found: Sequence[ContactLine], questions: list[str]
) -> tuple[str | None, str | None, str, str | None]:
    if not found:
        return None, None, "", None
    emails = list(dict.fromkeys(contact.email for contact in found if contact.email))
    phones = list(dict.fromkeys(phone for contact in found for phone in contact.phones))
    codes = list(dict.fromkeys(contact.code for contact in found if contact.code))
    for several, what in (
        (emails, "e-mail addresses"),
        (phones, "telephone numbers"),
        (codes, "confirmation codes"),
    ):
        if len(several) > 1:
            questions.append(f"The text gives several {what} ({', '.join(several)}); the first is taken")
    platform = next(
        (contact.platform for contact in found if contact.platform and contact.code),
        next((contact.platform for contact in found if contact.platform), ""),
    )
    return (
        emails[0] if emails else None,
        phones[0] if phones else None,
        platform,
        codes[0] if codes else None,
    )
