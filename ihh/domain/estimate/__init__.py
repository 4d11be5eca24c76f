"""Waiting estimates: how long until a ticket is first called."""

from ihh.domain.estimate.forward import OpenDesk, QueuedTicket, Wait, waits

__all__ = ["OpenDesk", "QueuedTicket", "Wait", "waits"]
