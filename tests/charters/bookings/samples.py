"""The mails of this room, and short ones made on the spot."""

from pathlib import Path

MAILS = Path(__file__).parent / "mails"
OURS = "Authentication-Results: mx.google.com; dmarc=pass header.from=boatsetter.com\n"


def mail(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def letter(
    body: str,
    *,
    subject: str = "Booking confirmed",
    sender: str = "Boatsetter <no-reply@boatsetter.com>",
    message_id: str = "<made@boatsetter.com>",
    headers: str = OURS,
    sent: str = "Tue, 12 May 2026 10:00:00 -0700",
) -> bytes:
    return (
        f"{headers}From: {sender}\nTo: office@sailjada.com\nSubject: {subject}\nDate: {sent}\n"
        f"Message-ID: {message_id}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    ).encode()
