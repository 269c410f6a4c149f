"""GetMyBoat's mails to an owner: an accepted offer is a booking; its codes begin with GMB.

Inquiries, offers waiting for an answer and lapsed ones are no booking (getmyboat.com, owner FAQs).
"""

import re

from charters.bookings.fields import Platform

GETMYBOAT = Platform(
    slug="getmyboat",
    name="GetMyBoat",
    domains=("getmyboat.com",),
    words=re.compile(r"\bget ?my ?boat\b|\bGMB-?\d", re.IGNORECASE),
    cancelled=re.compile(
        r"\bcancel(?:l)?ed\b|\bcancell?ation (?:confirmation|notice|of|confirmed)\b|\bcancell?ation:", re.IGNORECASE
    ),
    changed=re.compile(
        r"\b(?:chang|updat|modif|reschedul|amend)(?:ed|e\b|es\b|ication)|\b(?:new|different) (?:time|date|hours)\b"
        r"|\bmoved to\b",
        re.IGNORECASE,
    ),
    confirmed=re.compile(
        r"\bconfirm(?:ed|ation)\b|\b(?:offer|booking|reservation|request)\b.{0,60}\b(?:accepted|approved|paid)\b"
        r"|\baccepted your offer\b|\bbooked\b|\bupcoming booking\b"
        r"|\bnew (?:booking|reservation)\b(?! (?:request|inquiry))",
        re.IGNORECASE,
    ),
    other=re.compile(
        r"\b(?:inquiry|enquiry|declined|lapsed|expired|pending|payout|review|new message|message from|reminder|password"
        r"|newsletter|waiting for)\b|\brequest(?:ed|s)?\b(?!.{0,40}\b(?:approved|accepted|confirmed))",
        re.IGNORECASE,
    ),
    code=re.compile(r"(?<![\w-])GMB-?\d{3,12}(?![\w-])", re.IGNORECASE),
    labels={"guest": r"(?:booked|reserved) by|traveler", "vessel": r"experience|activity"},
)
