"""What guests are asked to bring, by the kind of trip."""

from charters.models import Charter

_SHOES = "Soft-soled shoes without black soles; no heels on deck"
_LAYER = "A warm layer: it is cooler on the water than ashore"
_SUN = "Sunscreen, a hat and sunglasses"
BRING: dict[str, list[str]] = {
    Charter.EventType.SUNSET_SAIL: [
        _SHOES,
        "A jacket: it cools down fast after sunset",
        "Sunglasses and a camera",
    ],
    Charter.EventType.AFTERNOON_SAIL: [_SHOES, _SUN, _LAYER],
    Charter.EventType.WHALE_WATCHING: [
        _SHOES,
        "A windproof jacket: it is cold offshore",
        _SUN,
        "Binoculars, if you have them",
        "Something for seasickness, taken an hour before if you are prone to it",
    ],
    Charter.EventType.CONCERT_SAIL: [
        _SHOES,
        "A warm jacket: we sail home after dark",
        "A small bag rather than a big one",
    ],
    Charter.EventType.PRIVATE: [_SHOES, _SUN, _LAYER],
}
