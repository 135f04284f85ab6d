"""Alarms by mail: one message, one connection, a verified certificate unless on this network."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from kuramori import clock
from kuramori.errors import ChannelFailed
from kuramori.health.message import Message
from kuramori.health.models import Channel
from kuramori.health.sealing import opened

ANSWER_S = 15
PORTS = {"starttls": 587, "tls": 465, "none": 25}


def send(channel: Channel, message: Message) -> None:
    """Hand `message` to the mail server. Raises `ChannelFailed` with what went wrong."""
    said = channel.said
    letter = letter_of(message, said["sender"], said["recipients"])
    try:
        with _connected(said) as server:
            if said.get("user"):
                server.login(said["user"], opened(channel.secret, channel.kind))
            refused = server.send_message(letter)
    except ssl.SSLError as wrong:
        raise ChannelFailed("channel-certificate") from wrong
    except smtplib.SMTPAuthenticationError as wrong:
        raise ChannelFailed("channel-sign-in") from wrong
    except smtplib.SMTPRecipientsRefused as wrong:
        raise ChannelFailed("channel-recipient") from wrong
    except smtplib.SMTPException as wrong:
        raise ChannelFailed("channel-refused") from wrong
    except OSError as wrong:
        raise ChannelFailed("channel-unreachable") from wrong
    if refused:  # some of the addresses: whoever they are must not believe they would be told
        raise ChannelFailed("channel-recipient")


def letter_of(message: Message, sender: str, recipients: list[str]) -> EmailMessage:
    """The message as a mail; a sheet goes along as PDF."""
    letter = EmailMessage()
    letter["From"], letter["To"] = Address(addr_spec=sender), ", ".join(recipients)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(clock.utc(message.at_ns))
    letter["Message-ID"] = make_msgid(domain="kuramori.invalid")
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    if message.sheet:
        letter.add_attachment(message.sheet, maintype="application", subtype="pdf", filename="weekly.pdf")
    return letter


def _connected(said: dict[str, str]) -> smtplib.SMTP:
    host, port, context = said["host"], int(said["port"]), ssl.create_default_context()
    if said["security"] == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=ANSWER_S, context=context)
    server = smtplib.SMTP(host, port, timeout=ANSWER_S)
    if said["security"] == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server
