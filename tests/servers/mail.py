"""A mail server inside the test process: it keeps what it is sent, or refuses as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from tests.servers.ports import free_port

TAKEN = "250 OK"


class MailServer:
    """Messages by the order in which they came; `answers` are given to the next ones instead of a yes."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refused_addresses: dict[str, str] = {}
        self.answers: list[str] = []
        self.encrypted = 0

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refused_addresses:
            return self.refused_addresses[address]
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.encrypted += session.ssl is not None
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return TAKEN


@contextmanager
def running_mail_server(tls: ssl.SSLContext | None = None) -> Iterator[tuple[MailServer, int]]:
    """The server and its port on the loopback address; with `tls` it offers STARTTLS."""
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), tls_context=tls)
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()
