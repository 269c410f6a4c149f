"""Google's mailbox: messages searched and read (developers.google.com/gmail/api/reference/rest)."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fakes.google_answers import Answer, refusal

FROM = re.compile(r"from:(\([^)]*\)|\{[^}]*\}|\S+)")


@dataclass
class Mail:
    """One message in the mailbox."""

    id: str
    raw: bytes
    received_at: datetime


class Mailbox:
    """The office's messages."""

    page_size: int

    def __init__(self) -> None:
        super().__init__()
        self.mail: list[Mail] = []

    def receive(self, raw: bytes, received_at: datetime | None = None) -> Mail:
        """A message arrives."""
        mail = Mail(f"mail{len(self.mail):012x}", raw, received_at or datetime.now(UTC))
        self.mail.append(mail)
        return mail

    def answer_mail(self, operation: str, message_id: str, query: dict[str, str]) -> Answer:
        """The profile, a message or a page of a search."""
        mailbox = self.mail
        if operation == "users.getProfile":
            return 200, {"emailAddress": "office@sailjada.com", "messagesTotal": len(mailbox), "historyId": "1"}
        if operation == "messages.get":
            found = [mail for mail in mailbox if mail.id == message_id]
            return (200, _message(found[0], query.get("format", "full"))) if found else refusal(404, "notFound", "")
        wanted = [mail for mail in mailbox if _matches(mail, query.get("q", ""))]
        wanted.sort(key=lambda mail: mail.received_at, reverse=True)
        start = int(query.get("pageToken", "0"))
        end = start + min(int(query.get("maxResults", 100)), 500, self.page_size)
        answer: dict[str, Any] = {"resultSizeEstimate": len(wanted)}
        if wanted[start:end]:
            answer["messages"] = [{"id": mail.id, "threadId": mail.id} for mail in wanted[start:end]]
        if wanted[end:]:
            answer["nextPageToken"] = str(end)
        return 200, answer


def _message(mail: Mail, form: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": mail.id,
        "threadId": mail.id,
        "labelIds": ["INBOX"],
        "historyId": "1",
        "internalDate": str(int(mail.received_at.timestamp() * 1000)),
        "sizeEstimate": len(mail.raw),
    }
    if form == "raw":
        message["raw"] = base64.urlsafe_b64encode(mail.raw).decode()
    return message


def _matches(mail: Mail, query: str) -> bool:
    """The words of Gmail's search that we know: `after:` and `before:` in epoch seconds, `from:` (any of them)."""
    sender = next(
        (line for line in mail.raw.decode("utf-8", "replace").splitlines() if line[:5].lower() == "from:"), ""
    )
    senders = [
        each.lower() for found in FROM.findall(query) for each in re.split(r"[\s|]+|OR", found.strip("(){}")) if each
    ]
    for name, value in re.findall(r"\b(after|before):(\d+)(?!\S)", query):
        inside = mail.received_at.timestamp() > int(value)
        if inside != (name == "after"):
            return False
    return not senders or any(each in sender.lower() for each in senders)
