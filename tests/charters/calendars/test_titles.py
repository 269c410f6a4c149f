"""Reading event titles: the table of docs/operations.md, the sample feed, and titles that mislead."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.calendars.text.titles import EVENT_TYPES, NOT_CHARTERS, Title, read_title

TITLES: list[tuple[str, str, str, str, str]] = [
    # The contract's table.
    ("Quinn Sunset Sail", "sunset_sail", "Quinn", "quinn", ""),
    ("Nguyen Proposal Sunset Sail", "sunset_sail", "Nguyen", "nguyen", ""),
    ("Boatsetter: Taylor Sunset Sail", "sunset_sail", "Taylor", "taylor", "boatsetter"),
    ("Jonathan Afternoon Sail", "afternoon_sail", "Jonathan", "jonathan", ""),
    ("Ocean Beach Club Whale Watching", "whale_watching", "Ocean Beach Club", "ocean-beach-club", ""),
    ("Whale Watching (public)", "whale_watching", "", "whale-watching", ""),
    ("Rady Shell Concert Sail - Beach Boys", "concert_sail", "", "rady-shell", ""),
    ("Danika Private Charter", "private", "Danika", "danika", ""),
    ("Kim 40th Birthday", "private", "Kim", "kim", ""),
    ("O'Brien / Muñoz Rehearsal Dinner", "private", "O'Brien / Muñoz", "obrien-munoz", ""),
    ("Smith Ash Scattering", "private", "Smith", "smith", ""),
    ("Maintenance - haul out", "maintenance", "", "maintenance", ""),
    ("Weekly bottom clean", "maintenance", "", "weekly-bottom-clean", ""),
    ("Crew training", "crew", "", "crew-training", ""),
    ("Hold - Peterson?", "hold", "Peterson", "hold-peterson", ""),
    ("Darrell unavailable", "unavailable", "", "darrell-unavailable", ""),
    # The rest of the sample feed.
    ("Alvarez Anniversary Sail", "private", "Alvarez", "alvarez", ""),
    ("Rady Shell Concert Sail - SD Symphony", "concert_sail", "", "rady-shell", ""),
    ("Peterson Afternoon Sail", "afternoon_sail", "Peterson", "peterson", ""),
    ("Fourth of July Fireworks Sail", "private", "", "fourth-of-july", ""),
    ("Boatsetter: Okafor Afternoon Sail", "afternoon_sail", "Okafor", "okafor", "boatsetter"),
    ("Corporate - Qualtech offsite", "private", "Qualtech", "qualtech", ""),
    ("Harbor tour for school (minors)", "private", "", "harbor-tour", ""),
    ("Harvest Moon Sail", "private", "", "harvest-moon", ""),
    # Parties.
    ("Danika", "private", "Danika", "danika", ""),
    ("danika private charter", "private", "danika", "danika", ""),
    ("QUINN SUNSET SAIL", "sunset_sail", "QUINN", "quinn", ""),
    ("Quinn’s 40th", "private", "Quinn", "quinn", ""),
    ("O’Reilly’s Birthday", "private", "O’Reilly", "oreilly", ""),
    ("Quinn & Lee Sunset Cruise", "sunset_sail", "Quinn & Lee", "quinn-lee", ""),
    ("Zoë Nguyễn Sunset Sail", "sunset_sail", "Zoë Nguyễn", "zoe-nguyen", ""),
    ("Weiß Sunset Sail", "sunset_sail", "Weiß", "weiss", ""),
    ("Quinn party of 4 Sunset Sail", "sunset_sail", "Quinn", "quinn", ""),
    ("Quinn 3hr Sail", "private", "Quinn", "quinn", ""),
    ("2-6pm Danika Private Charter", "private", "Danika", "danika", ""),
    ("CONFIRMED - Quinn Sunset Sail", "sunset_sail", "Quinn", "quinn", ""),
    ("5 Gyres Whale Watching", "whale_watching", "5 Gyres", "5-gyres", ""),
    ("Danika Evening Sail", "private", "Danika", "danika", ""),
    ("Smith, Ash Sunset Sail", "sunset_sail", "Smith", "smith", ""),
    ("Quinn Rady Shell Concert Sail", "concert_sail", "Quinn", "quinn", ""),
    ("Sunset Cliffs Club Whale Watching", "whale_watching", "Sunset Cliffs Club", "sunset-cliffs-club", ""),
    ("Bay Cruise Company Whale Watching", "whale_watching", "Bay Cruise Company", "bay-cruise-company", ""),
    ("Taylor Sunset Sail (GetMyBoat)", "sunset_sail", "Taylor", "taylor", "getmyboat"),
    ("GetMyBoat - Lee Private Charter", "private", "Lee", "lee", "getmyboat"),
    ("🎂 Kim 40th Birthday 🎂", "private", "Kim", "kim", ""),
    ("田中 Sunset Sail", "sunset_sail", "田中", "sunset-sail", ""),
    ("田中", "private", "田中", "charter", ""),
    # No party, and never the occasion.
    ("Sunset Sail", "sunset_sail", "", "sunset-sail", ""),
    ("Concert Sail", "concert_sail", "", "concert-sail", ""),
    ("Private charter", "private", "", "private-charter", ""),
    ("Surprise Proposal", "private", "", "charter", ""),
    ("Proposal Sunset Sail - Nguyen", "sunset_sail", "", "sunset-sail", ""),
    ("Private: surprise 40th for Linh", "private", "", "charter", ""),
    ("Nguyen - Proposal - Sunset Sail", "sunset_sail", "Nguyen", "nguyen", ""),
    ("Nguyen (proposal!) Sunset Sail", "sunset_sail", "Nguyen", "nguyen", ""),
    ("Nguyen surprise engagement", "private", "Nguyen", "nguyen", ""),
    ("Saturday Sunset Sail", "sunset_sail", "", "sunset-sail", ""),
    ("Full Moon Sunset Sail", "sunset_sail", "", "full-moon", ""),
    ("", "private", "", "charter", ""),
    ("???", "private", "", "charter", ""),
    ("\x00\x00", "private", "", "charter", ""),
    # Charters that look like something else.
    ("Holden Sunset Sail", "sunset_sail", "Holden", "holden", ""),
    ("Hold-Jensen Sunset Sail", "sunset_sail", "Hold-Jensen", "hold-jensen", ""),
    ("Hold-Jensen", "private", "Hold-Jensen", "hold-jensen", ""),
    ("Crew & Co Private Charter", "private", "Crew & Co", "crew-co", ""),
    ("J.Crew offsite", "private", "J.Crew", "j-crew", ""),
    ("Maintenance crew appreciation sail", "private", "Maintenance crew", "maintenance-crew", ""),
    (
        "Coastal Maintenance Co Sunset Sail",
        "sunset_sail",
        "Coastal Maintenance Co",
        "coastal-maintenance-co",
        "",
    ),
    ("Survey Monkey offsite", "private", "Survey Monkey", "survey-monkey", ""),
    ("Yard House Birthday", "private", "Yard House", "yard-house", ""),
    ("Ladies Night Out", "private", "", "charter", ""),
    ("Johnson Send Off", "private", "Johnson", "johnson", ""),
    ("Smith family vacation", "private", "Smith", "smith", ""),
    ("Vacation cruise", "private", "Vacation", "vacation", ""),
    ("Sunset Sail - captain unavailable", "sunset_sail", "", "sunset-sail", ""),
    # Not charters.
    ("Hold", "hold", "", "hold", ""),
    ("HOLD: Nguyen Proposal?", "hold", "Nguyen", "hold-nguyen", ""),
    ("Hold for Peterson wedding", "hold", "Peterson", "hold-peterson", ""),
    ("Peterson (hold)", "hold", "Peterson", "hold-peterson", ""),
    ("Hold Peterson", "hold", "Peterson", "hold-peterson", ""),
    ("Sarah out", "unavailable", "", "sarah-out", ""),
    ("Gene - off", "unavailable", "", "gene-off", ""),
    ("Gene off until Friday", "unavailable", "", "gene-off-until-friday", ""),
    ("Mary Ann out sick", "unavailable", "", "mary-ann-out-sick", ""),
    ("Vacation", "unavailable", "", "vacation", ""),
    ("Gene on vacation", "unavailable", "", "gene-on-vacation", ""),
    ("Gene unavailable for sunset sail", "unavailable", "", "gene-unavailable-for-sunset-sail", ""),
    ("Haul out", "maintenance", "", "haul-out", ""),
    ("Engine service", "maintenance", "", "engine-service", ""),
    ("Hull survey", "maintenance", "", "hull-survey", ""),
    ("A/C repair", "maintenance", "", "a-c-repair", ""),
    ("Survey", "maintenance", "", "survey", ""),
    ("Yard", "maintenance", "", "yard", ""),
    ("Jada at the yard", "maintenance", "", "jada-at-the-yard", ""),
    ("Sail repair", "maintenance", "", "sail-repair", ""),
    ("Maintenance: lights for the wedding", "maintenance", "", "maintenance", ""),
    ("Cleaning after Quinn Sunset Sail", "maintenance", "", "cleaning-after-quinn-sunset-sail", ""),
    ("Crew - MOB drills", "crew", "", "crew", ""),
    ("Crew training sail", "crew", "", "crew-training-sail", ""),
    ("All hands meeting", "crew", "", "all-hands-meeting", ""),
    # Typed in a hurry; each was once read wrongly.
    ("Sunset w/ Quinn", "sunset_sail", "", "sunset-sail", ""),
    ("SUNSET - Quinn party of 6", "sunset_sail", "", "sunset-sail", ""),
    ("Danika pvt charter", "private", "Danika", "danika", ""),
    ("Danika priv charter 12 pax", "private", "Danika", "danika", ""),
    ("PAID Danika Private Charter", "private", "Danika", "danika", ""),
    ("*MOVED* Danika Private Charter", "private", "Danika", "danika", ""),
    ("CXL Danika", "private", "Danika", "danika", ""),
    ("Whales 9am OBC", "whale_watching", "", "whale-watching", ""),
    ("BS: Taylor sunset", "sunset_sail", "Taylor", "taylor", "boatsetter"),
    ("Company party - Qualtech", "private", "", "charter", ""),
    ("Diver 9am", "maintenance", "", "diver-9am", ""),
    ("Engine svc", "maintenance", "", "engine-svc", ""),
    ("Coast Guard COI", "maintenance", "", "coast-guard-coi", ""),
    ("Cleaning crew", "maintenance", "", "cleaning-crew", ""),
    ("Clean boat", "maintenance", "", "clean-boat", ""),
    ("crew mtg", "crew", "", "crew-mtg", ""),
    ("New hire training", "crew", "", "new-hire-training", ""),
    ("TENTATIVE Peterson sunset sail", "sunset_sail", "Peterson", "peterson", ""),
    ("Possible charter - Peterson", "private", "", "private-charter", ""),
    ("Darrell not avail", "unavailable", "", "darrell-not-avail", ""),
    ("Gene dr appt", "unavailable", "", "gene-dr-appt", ""),
    ("Gene can't work", "unavailable", "", "gene-cant-work", ""),
    ("BLOCK - owner use", "unavailable", "", "block-owner-use", ""),
    ("Afternoon - Jonathan", "afternoon_sail", "", "afternoon-sail", ""),
    ("Jonathan aft sail", "afternoon_sail", "Jonathan", "jonathan", ""),
    ("Jonathan PM sail", "private", "Jonathan", "jonathan", ""),
    ("Capt Gene - Lee charter", "private", "Lee", "lee", ""),
    ("Maint - head", "maintenance", "", "maint", ""),
    ("Maintenence", "maintenance", "", "maintenence", ""),
    ("JADA - Quinn sunset sail", "sunset_sail", "Quinn", "quinn", ""),
    ("Jada: Danika Private Charter", "private", "Danika", "danika", ""),
    # What these hurried words must not swallow.
    ("Jada's 16th birthday", "private", "Jada", "jada", ""),
    ("Jada Smith sunset sail", "sunset_sail", "Jada Smith", "jada-smith", ""),
    ("Block family sunset sail", "sunset_sail", "Block family", "block-family", ""),
    ("Block wedding", "private", "Block", "block", ""),
    ("Paid Search Co offsite", "private", "Paid Search Co", "paid-search-co", ""),
    ("Captain Morgan Private Charter", "private", "Captain Morgan", "captain-morgan", ""),
    ("Sunset Cliffs Inn offsite", "private", "Sunset Cliffs Inn", "sunset-cliffs-inn", ""),
]


@pytest.mark.parametrize(("summary", "event_type", "party", "slug", "platform"), TITLES)
def test_a_title_is_read(summary: str, event_type: str, party: str, slug: str, platform: str) -> None:
    assert read_title(summary) == Title(event_type, party, slug, platform)


def test_there_are_nine_types_of_event_four_of_them_no_charters() -> None:
    assert len(EVENT_TYPES) == 9
    assert set(EVENT_TYPES[5:]) == NOT_CHARTERS


OCCASIONS = "Proposal|Engagement|Surprise|Wedding|Anniversary|Birthday|Ash Scattering|Memorial|Divorce Party"
TYPES = ["Sunset Sail", "Afternoon Sail", "Whale Watching", "Private Charter", "Sail", "Cruise", ""]


@pytest.mark.parametrize("occasion", OCCASIONS.split("|"))
@pytest.mark.parametrize("trip", TYPES)
@pytest.mark.parametrize(
    "form", ["Nguyen {}", "Nguyen's {}", "Nguyen - {}", "Nguyen: {}", "Nguyen ({})", "NGUYEN {}", "nguyen {}"]
)
def test_an_occasion_is_a_secret(form: str, occasion: str, trip: str) -> None:
    for words in (f"{occasion} {trip}", f"{trip} {occasion}", f"surprise {occasion} {trip}"):
        title = read_title(form.format(words))
        assert (title.party.lower(), title.slug) == ("nguyen", "nguyen")


@given(st.text(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_title(summary: str) -> None:
    title = read_title(summary)
    assert title.event_type in EVENT_TYPES
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", title.slug)
    assert len(title.slug) <= 40
    assert len(title.party) <= 80


@pytest.mark.parametrize(
    "unit", ["a", " ", "-", "(", "\x00", "🎂", "Hold ", "sail ", "a b", "first ", "crew ", "é", "1"]
)
def test_an_endless_title_takes_no_time(unit: str) -> None:
    began = time.process_time()
    title = read_title(unit * 10_000)
    assert 1 <= len(title.slug) <= 40
    assert time.process_time() - began < 0.2


@given(st.from_regex(r"[A-Z][a-z]{2,9}(?:-[A-Z][a-z]{2,9})?", fullmatch=True), st.sampled_from(TYPES[:4]))
@settings(deadline=None)
def test_any_plain_name_before_a_type_is_the_party(name: str, trip: str) -> None:
    title = read_title(f"{name} {trip}")
    expected = "" if name.lower() in WORDS_OF_THE_TRADE else name
    assert title.party == expected


WORDS_OF_THE_TRADE = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "public",
        "private",
        "morning",
        "evening",
        "afternoon",
        "night",
        "day",
        "daily",
        "weekly",
        "bay",
        "harbor",
        "party",
        "shower",
        "new",
        "vip",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "sail",
        "tour",
        "trip",
        "cruise",
        "grad",
        "gala",
        "prom",
        "ash",
        "vow",
    ]
)
