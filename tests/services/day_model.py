"""A day in a few rules of its own: what a state machine holds against the services.

Tickets are plain values, the line knows no order (any free ticket may be called next), and nothing
here is taken from the product but the words for states.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OPEN = {"locked", "waiting", "called", "serving", "held"}
AT_DESK = {"called", "serving"}


@dataclass
class Ticket:
    id: int
    visit: str
    service: str
    people: frozenset[str]
    state: str
    desk: str | None = None
    since: float = 0
    """Minute of the last call by a person."""
    last_called: float = 0
    unanswered: int = 0
    held_for: str | None = None
    returns: float | None = None
    is_booked: bool = False


@dataclass
class Day:
    agency: dict[str, str]
    """Of each service."""
    desks: dict[str, set[str]]
    """Desk → its services."""
    first: dict[str, set[str]]
    """Service → what must come before it."""
    tickets: dict[int, Ticket] = field(default_factory=dict)

    def of(self, visit: str) -> list[Ticket]:
        return [ticket for ticket in self.tickets.values() if ticket.visit == visit]

    def at(self, desk: str) -> Ticket | None:
        return next((t for t in self.tickets.values() if t.desk == desk and t.state in AT_DESK), None)

    def is_free(self, ticket: Ticket) -> bool:
        return not any(
            other.state in AT_DESK and other.people & ticket.people for other in self.of(ticket.visit)
        )

    def callable(self, desk: str) -> set[int]:
        return {
            ticket.id
            for ticket in self.tickets.values()
            if ticket.state == "waiting" and ticket.service in self.desks[desk] and self.is_free(ticket)
        }

    def blocked(self, service: str, people: frozenset[str], visit: str) -> bool:
        return any(
            other.state in OPEN and other.service in self.first[service] and other.people & people
            for other in self.of(visit)
        )

    def is_ended(self, visit: str) -> bool:
        return all(ticket.state not in OPEN for ticket in self.of(visit))

    def settle(self, visit: str) -> list[str]:
        """The events that follow when a ticket has ended."""
        happened = []
        for ticket in self.of(visit):
            if ticket.state == "locked" and not self.blocked(ticket.service, ticket.people, visit):
                ticket.state = "waiting"
                happened.append("unlock")
        return [*happened, "end"] if self.is_ended(visit) else happened

    def call(self, ticket: Ticket, desk: str, minute: float) -> None:
        ticket.state, ticket.desk, ticket.since, ticket.last_called = "called", desk, minute, minute

    def park(self, ticket: Ticket, held_for: str, returns: float | None = None) -> None:
        ticket.state, ticket.held_for, ticket.returns = "held", held_for, returns

    def release(self, ticket: Ticket) -> None:
        ticket.state, ticket.held_for, ticket.returns = "waiting", None, None

    def no_show(self, ticket: Ticket) -> list[str]:
        ticket.state = "no_show"
        happened = ["mark_no_show"]
        rest = [other for other in self.of(ticket.visit) if other.state in OPEN]
        if not any(other.state in AT_DESK for other in rest):
            for other in rest:
                other.state = "no_show"
                happened.append("mark_no_show")
        return happened + self.settle(ticket.visit)

    def leave(self, visit: str) -> list[str]:
        if self.is_ended(visit):
            return []
        gone = [ticket for ticket in self.of(visit) if ticket.state in OPEN - {"serving"}]
        for ticket in gone:
            ticket.state = "left"
        return ["leave"] * len(gone) + (self.settle(visit) if self.is_ended(visit) else [])

    def tick(self, minute: float) -> list[str]:
        """All that the clock does at a minute, in any order."""
        happened: list[str] = []
        while True:
            before = len(happened)
            for ticket in list(self.tickets.values()):
                happened += self._due(ticket, minute)
            if len(happened) == before:
                return happened

    def _due(self, ticket: Ticket, minute: float) -> list[str]:
        waited = minute - ticket.since
        if ticket.state == "called" and ticket.unanswered:
            return self.no_show(ticket) if waited >= 2 else []
        if ticket.state == "called" and waited >= 3:
            ticket.unanswered += 1
            self.park(ticket, "unanswered", minute + 10)
            return ["hold"]
        if ticket.state == "called":
            due = [ticket.since + after for after in (1, 2) if waited >= after]
            if due and ticket.last_called < due[-1]:
                ticket.last_called = minute
                return ["recall"]
            return []
        is_back = ticket.returns is not None and ticket.returns <= minute
        if ticket.state == "held" and (is_back or (ticket.held_for == "lost_time" and self.is_free(ticket))):
            self.release(ticket)
            return ["release"]
        return []
