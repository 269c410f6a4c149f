"""Mail, through Django's transport of `EMAIL_URL`. Translates SMTP's answers (RFC 5321, 4.2.1); decides nothing."""

import smtplib
from contextlib import suppress
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from dispatch.models import Delivery
from jada.core.errors import AdapterError

KEPT = "Kept here: no mail server is set (EMAIL_URL)."


class PerhapsSent(AdapterError):  # noqa: N818 reads as what happened
    """The connection broke after the message was handed over: nobody knows whether it was taken."""


def send(delivery: Delivery) -> str:
    """Hand a message to the mail server; returns a note for the record. Raises AdapterError or PerhapsSent."""
    if not settings.MAIL_LEAVES_THE_HOUSE:
        return KEPT
    server = get_connection()
    message = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.recipient],
        connection=server,
        headers={
            # The same at each attempt: a mail that was taken twice is shown once by most programs (RFC 5322, 3.6.4).
            "Message-ID": f"<jada-{delivery.pk}-{delivery.number}@{_domain()}>",
            "X-JADA-Message": f"{delivery.pk}.{delivery.number}",
            "Auto-Submitted": "auto-generated",
        },
    )
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    try:
        _open(server)
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise AdapterError(
            "The mail server refuses the address.",
            service="email",
            permanent=all(code >= 500 for code in codes),
        ) from error
    except smtplib.SMTPResponseException as error:
        raise AdapterError(
            f"The mail server refused the message ({error.smtp_code}).",
            service="email",
            # A 5xx to our greeting or to our own address says nothing about this message.
            permanent=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500,
        ) from error
    except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
        raise PerhapsSent("The mail server broke off before it answered.", service="email") from error
    except (smtplib.SMTPException, OSError) as error:
        raise AdapterError("The mail server cannot be reached.", service="email") from error
    except ValueError as error:  # an address or a header that no mail can carry
        raise AdapterError("The message cannot be written as mail.", service="email", permanent=True) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):  # taken is taken, however the farewell goes
            server.close()
    return ""


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]


def _open(server: BaseEmailBackend) -> None:
    """What breaks before the first word of a message is no “perhaps”, and not this message's fault."""
    try:
        server.open()
    except smtplib.SMTPResponseException as error:
        raise AdapterError(f"The mail server does not let us in ({error.smtp_code}).", service="email") from error
    except (smtplib.SMTPException, OSError) as error:
        raise AdapterError("The mail server cannot be reached.", service="email") from error
