"""Boatsetter's mails to an owner: “Booking confirmed”, an itinerary with the renter's contact, changes, cancellations.

Talk of what is none yet (support.boatsetter.com, “Booking states”: request, inquiry, pre-approval) is no booking.
"""

import re

from charters.bookings.fields import Platform

BOATSETTER = Platform(
    slug="boatsetter",
    name="Boatsetter",
    domains=("boatsetter.com",),
    words=re.compile(r"\bboat ?setter\b", re.IGNORECASE),
    cancelled=re.compile(
        r"\bcancell?ed\b|\bcancell?ation (?:confirmation|notice|of|confirmed)\b|\bcancell?ation:", re.IGNORECASE
    ),
    changed=re.compile(
        r"\b(?:chang|updat|modif|reschedul|amend)(?:ed|e\b|es\b|ication)|\b(?:new|different) (?:time|date|hours)\b"
        r"|\bmoved to\b",
        re.IGNORECASE,
    ),
    confirmed=re.compile(
        r"\bconfirm(?:ed|ation)\b|\bapproved\b|\binstant(?:ly)? book"
        r"|\bnew booking\b(?! (?:request|inquiry))"
        r"|\bbooked\b|\bitinerary\b|\bbooking details\b"
        r"|\byou(?:['’]re| are| have been) booked\b|\bbooking\b.{0,40}\baccepted\b",
        re.IGNORECASE,
    ),
    other=re.compile(
        r"\b(?:inquiry|enquiry|pre-?approv|declined|expired|expiring|payout|review|rate your|receipt for your payout"
        r"|message from|new message|reminder|password|newsletter|promo)"
        r"|\brequest(?:ed|s)?\b(?!.{0,40}\b(?:approved|accepted|confirmed))",
        re.IGNORECASE,
    ),
    code=re.compile(r"(?!x)x"),  # letters and digits without a form of their own: a label must name them
    labels={"code": r"boatsetter(?: (?:booking|confirmation))?(?: (?:code|#|number|id))?", "guest": r"renter"},
)
