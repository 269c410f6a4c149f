"""What the tests of descriptions expect, in few words: times of day, and people by their duty."""

from charters.calendars.text.description import ClockTime, CrewName


def at(hour: int, minute: int = 0) -> ClockTime:
    return ClockTime(hour, minute, meridiem_known=True)


def either(hour: int, minute: int = 0) -> ClockTime:
    return ClockTime(hour, minute, meridiem_known=False)


def crew(*names: str, role: str = "crew") -> tuple[CrewName, ...]:
    return tuple(CrewName(name, role) for name in names)


def mate(name: str) -> tuple[CrewName, ...]:
    return crew(name, role="mate")


def deck(*names: str) -> tuple[CrewName, ...]:
    return crew(*names, role="deckhand")
