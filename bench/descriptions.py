"""Descriptions read, one process on one core, against two libraries that each do a small part of it.

The peer strips the markup (`html.parser`) and finds the telephone numbers (`phonenumbers.PhoneNumberMatcher`). It
learns no crew, no party, no times, no codes and asks nothing.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

from bench.ground import Row

DESCRIPTIONS = 3_000
FEWEST_A_SECOND = 5_000
SHORT, LONGEST = 2_000, 20_000  # characters
OF_EACH_SIZE = 200_000

_SYLLABLES = str.split("an be co da el fi go hu in jo ka lu ma ni or pe qua ri sa to ul va we xi yo za")

# As the office writes them: plain, hurried, out of Google's editor, struck out, quoted, forwarded. {a} to {f} are
# names, {phone}, {mail} and {code} somebody's, {n} a number of guests: no two descriptions share a line with a name.
PLAIN = (
    "Captain: {a}\nMate: {b}\nGuests: {n}\n{c} {phone} {mail}\nArrive by 6:15 PM",
    "Captain: {a}\nCrew: {b}, {c}\nGuests: {n} ({d} is 16 - guardian to sign)\n{d} {phone} {mail}",
    "Boatsetter {code}\nCapt. {a} / mate {b}\nparty of {n}\ncontact {c} in the Boatsetter mail",
    "Captain {a}\nDeckhand {b}\n{n} pax for {c}\nBoarding 2:00p, then {d} speaks",
    "Capt {a}, mate {b}, {n} guests, arrive 1:45, cake for {c}",
    "Skipper: {a}\nFirst mate: {b}\nDeckhands: {c} & {d}\n{n} guests of {e}\ncheck-in 17:00 with {f}\n{phone}",
    "3-7pm paid by {a}\nCaptain: {b}\nno mate yet, ask {c}\nGuests: {n} with {d}\n{mail}",
    "Captain: {a}\nCrew: {b}, {c}\nUpdated crew: {d}\n{e} party of {n}\n{phone}",
)
HTML = (
    "2-6pm paid by {a}<br>Guests: {n}, {b}<br>arrive by 1:45 PM<br><b>Captain:</b> {c}<br>{mail}&nbsp;/ {phone}",
    '<p>Captain: {a}</p><p>Mate: {b}</p><p>{n} guests of {c}</p><p>Contact: <a href="mailto:{mail}">{mail}</a></p>',
    "<html-blob>Crew:<ul><li>{a}</li><li>{b} O&#39;Brien</li></ul>{c} brings <i>ice</i> for {n} guests</html-blob>",
    "Captain: <s>{a}</s> {b}<br><strike>Mate: {c}</strike><br><del>{n} guests</del> {n} guests of {d}<br>{phone}",
)
LONG = (
    "Captain: {a}\nMate: {b}\n\nOn Tue, May 26, 2026 at 9:14 AM {c} {d} <{mail}> wrote:\n"
    "> Hello, we are {n} people, my mother {e} is 81 and walks with a stick.\n"
    "> Is there a rail along the ramp? {f} would like to bring a cake for her, and we\n"
    "> hoped to see the lights of the bay on the way back, {c} says they are lovely.\n"
    "> My number is {phone}, please call after six.\n"
    "Answered {d}: there is a rail, the cake goes into the galley, {e} boards first.\n"
    "Parking is on the left behind the gate, {f} has the code.",
    "---------- Forwarded message ---------\nFrom: Boatsetter <noreply@boatsetter.com>\nSubject: {a}, you are booked\n"
    "Hello {a},\n{b} has booked your boat for a trip with {n} guests.\nConfirmation code\n{code}\nRenter\n{b} {c}\n"
    "Phone\n{phone}\nGuests\n{n}\nTime\n1:00 PM - 5:00 PM\nPlease message {b} within a day to agree on the dock.\n"
    "Refunds follow the policy that you chose; {c} has read it.\nThanks for hosting, {d} of the team",
)


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “Descriptions”."""
    from charters.calendars.text.description import read_description

    texts = descriptions(DESCRIPTIONS * 8)

    def distinct() -> list[str]:
        return list(islice(texts, DESCRIPTIONS))

    ours = min(_seconds(read_description, distinct()) for _ in range(5))
    peer = min(_seconds(_strip_and_match, distinct()) for _ in range(3))
    what = f"{DESCRIPTIONS:,} descriptions, no two alike"
    at_least = DESCRIPTIONS / FEWEST_A_SECOND
    yield Row(f"{what}: {DESCRIPTIONS / ours:,.0f} a second, against {FEWEST_A_SECOND:,}", ours, at_least, 1)
    yield Row(f"{what}, against html.parser and PhoneNumberMatcher alone", ours, peer, 3, at_most=True)

    season = "\n".join(descriptions(12_000))
    half = len(season) // 2
    short = _seconds_a_character(read_description, season[:half], SHORT)
    longest = _seconds_a_character(read_description, season[half:], LONGEST)
    what = f"cost of a character: of {LONGEST:,} against of {SHORT:,} (linear)"
    yield Row(what, longest, short, 1.5, at_most=True)


def _seconds_a_character(act: Callable[[str], object], season: str, size: int) -> float:
    """The best of four rounds over 200,000 characters, in descriptions of so many each; no round repeats another."""
    pieces = [season[start : start + size] for start in range(0, 4 * OF_EACH_SIZE, size)]
    of_a_round = OF_EACH_SIZE // size
    rounds = [pieces[start : start + of_a_round] for start in range(0, len(pieces), of_a_round)]
    return min(_seconds(act, these) for these in rounds) / OF_EACH_SIZE


def descriptions(count: int) -> Iterator[str]:
    """So many descriptions: three in five plain, one in four HTML, the others long."""
    chance = random.Random(20260530)
    for number in range(count):
        kinds = PLAIN if number % 20 < 12 else HTML if number % 20 < 17 else LONG
        names = {letter: _name(chance) for letter in "abcdef"}
        yield chance.choice(kinds).format(
            **names,
            n=chance.randint(2, 49),
            code="".join(chance.choices("BCDFGHJKLMNPQRSTVWXZ", k=7)),
            phone=f"{chance.choice((619, 858, 760))}-{chance.randint(200, 999)}-{chance.randint(0, 9999):04d}",
            mail=f"{names['c'].lower().replace(' ', '.')}{number}@example.com",
        )


def _name(chance: random.Random) -> str:
    first, last = ("".join(chance.choices(_SYLLABLES, k=length)).capitalize() for length in (2, 3))
    return f"{first} {last}"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _strip_and_match(text: str) -> list[str]:
    import phonenumbers

    parser = _Words()
    parser.feed(text)
    parser.close()
    return [found.raw_string for found in phonenumbers.PhoneNumberMatcher("".join(parser.words), "US")]


def _seconds(act: Callable[[str], object], texts: list[str]) -> float:
    """Seconds of the processor: nothing waits here, and what else the machine does is no matter."""
    gc.collect()
    began = time.process_time()
    for text in texts:
        act(text)
    return time.process_time() - began
