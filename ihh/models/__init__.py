"""Tables, a file per aggregate: columns, constraints, indexes, and nothing that decides."""

from ihh.models.account import Device, User
from ihh.models.desk_session import DeskSession
from ihh.models.house import AgencyRow, DeskRow, HouseVersion, ServiceRow
from ihh.models.queue_event import QueueEvent
from ihh.models.request import AnsweredRequest
from ihh.models.service_day import Demonstration, ServiceDay
from ihh.models.ticket import Engagement, Ticket
from ihh.models.visit import Contact, Leg, Slot, Visit

__all__ = [
    "AgencyRow",
    "AnsweredRequest",
    "Contact",
    "Demonstration",
    "DeskRow",
    "DeskSession",
    "Device",
    "Engagement",
    "HouseVersion",
    "Leg",
    "QueueEvent",
    "ServiceDay",
    "ServiceRow",
    "Slot",
    "Ticket",
    "User",
    "Visit",
]
