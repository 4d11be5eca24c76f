"""Waiting estimates: how long until a ticket is first called."""

from ihh.domain.estimate.calibration import Calibration
from ihh.domain.estimate.forward import OpenDesk, QueuedTicket, waits
from ihh.domain.estimate.history import History
from ihh.domain.estimate.naive import naive_wait
from ihh.domain.estimate.situation import NEVER, DeskNow, DoneToday, Situation, Stage, TicketNow
from ihh.domain.estimate.told import Told, told
from ihh.domain.estimate.wait import Wait

__all__ = [
    "NEVER",
    "Calibration",
    "DeskNow",
    "DoneToday",
    "History",
    "OpenDesk",
    "QueuedTicket",
    "Situation",
    "Stage",
    "TicketNow",
    "Told",
    "Wait",
    "naive_wait",
    "told",
    "waits",
]
