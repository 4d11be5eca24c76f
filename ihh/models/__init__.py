"""Tables, a file per aggregate: columns, constraints, indexes, and nothing that decides."""

from ihh.models.absence import DeskAbsence
from ihh.models.account import Device, User
from ihh.models.desk_session import DeskSession
from ihh.models.fact import ClosedDay, CompleteRange, DayFactRow, ServiceFactRow, VisitFactRow
from ihh.models.feedback import Feedback
from ihh.models.figure import FigureRow, Release
from ihh.models.house import AgencyRow, DeskRow, HouseVersion, ServiceRow
from ihh.models.learned import Learned
from ihh.models.letter import Letter
from ihh.models.queue_event import QueueEvent
from ihh.models.request import AnsweredRequest
from ihh.models.service_day import Demonstration, ServiceDay
from ihh.models.statistics import ExportLog, KioskUse, SavedView
from ihh.models.ticket import Engagement, LiveEstimate, Ticket
from ihh.models.visit import Contact, Leg, Slot, Visit
from ihh.models.waitlist import WaitlistContact, WaitlistEntry

__all__ = [
    "AgencyRow",
    "AnsweredRequest",
    "ClosedDay",
    "CompleteRange",
    "Contact",
    "DayFactRow",
    "Demonstration",
    "DeskAbsence",
    "DeskRow",
    "DeskSession",
    "Device",
    "Engagement",
    "ExportLog",
    "Feedback",
    "FigureRow",
    "HouseVersion",
    "KioskUse",
    "Learned",
    "Leg",
    "Letter",
    "LiveEstimate",
    "QueueEvent",
    "Release",
    "SavedView",
    "ServiceDay",
    "ServiceFactRow",
    "ServiceRow",
    "Slot",
    "Ticket",
    "User",
    "Visit",
    "VisitFactRow",
    "WaitlistContact",
    "WaitlistEntry",
]
