"""A mail server (RFC 5321) that keeps what it takes, and can refuse, put off, or break off at the worst moment.

aiosmtpd on a real socket: Django's own SMTP transport is what speaks to it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


@dataclass
class MailSink:
    """Where it listens, what it took, and what it answers to a recipient and to a message."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipient_answer: str = OK
    message_answer: str = OK
    # The message is taken, and the connection ends before the sender is told so.
    hangs_up_after_data: bool = False
    meanwhile: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to one recipient."""
        if self.recipient_answer == OK:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The answer to the whole message."""
        await asyncio.get_running_loop().run_in_executor(None, self.meanwhile)
        if self.message_answer == OK:
            content: Any = envelope.content
            self.taken.append(message_from_bytes(content, policy=default))
        if self.hangs_up_after_data:
            server.transport.abort()
        return self.message_answer


class _AnyPort(Controller):
    """On a free port, which aiosmtpd's own looks for in vain."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A mail server on a free port of 127.0.0.1."""
    sink = MailSink()
    controller = _AnyPort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)
