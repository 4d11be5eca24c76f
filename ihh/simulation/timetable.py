"""The desks of a scenario's day: they open and close by their hours, and nobody is left standing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from ihh.db import db, transaction
from ihh.domain.house import House, desk_serves
from ihh.domain.ticket import TicketAction
from ihh.models import Ticket
from ihh.services import desks
from ihh.services.tickets import change, settle
from ihh.simulation.hall import Guest
from ihh.simulation.play import Play, Turn
from ihh.simulation.scenario import ScenarioDay, instant
from ihh.simulation.visitors import BY


class Timetable:
    def __init__(self, house: House, day: ScenarioDay) -> None:
        self.house = house
        self.spans = {
            desk_id: [(instant(day.date, start), instant(day.date, end)) for start, end in spans]
            for desk_id, spans in day.desk_hours.items()
        }
        self.ends = {desk_id: spans[-1][1] for desk_id, spans in self.spans.items()}
        """Desk → the end of its last span."""
        self.closes_at = max(self.ends.values(), default=instant(day.date, 24 * 3600))
        self._calling: set[str] = set()

    def begin(self, play: Play) -> None:
        for desk_id, spans in self.spans.items():
            for index, (start, end) in enumerate(spans):
                is_first, is_last = index == 0, index == len(spans) - 1
                play.schedule(start, Turn.CLOCK, partial(self._begin, play, desk_id, is_first))
                if not is_last:
                    play.schedule(end, Turn.CLOCK, partial(self._pause, desk_id))
        for end in (*self.ends.values(), self.closes_at):
            play.schedule(end, Turn.CLOCK, lambda now: None)  # the desks look up: see `calling`

    def runs(self, desk_id: str) -> bool:
        return True

    def calling(self, play: Play, *, now: datetime) -> Iterable[str]:
        """The desks at work, once those that have nobody left to wait for have closed."""
        if now >= self.closes_at:
            self._send_home(play, now)
        for desk_id in sorted(self._calling):
            is_over = now >= self.ends[desk_id] and desk_id not in play.hall.at_desk
            if is_over and not self._is_needed(play, desk_id):
                self._calling.discard(desk_id)
                desks.close_desk(desk_id, now=now)
        return self._calling

    def _begin(self, play: Play, desk_id: str, is_first: bool, now: datetime) -> None:
        if is_first:
            desks.open_desk(desk_id, None, now=now)
        else:
            desks.resume_desk(desk_id)
        self._calling.add(desk_id)
        play.hall.touched.add(self.house.desk[desk_id].agency)

    def _pause(self, desk_id: str, now: datetime) -> None:
        desks.pause_desk(desk_id, now=now)
        self._calling.discard(desk_id)

    def _is_needed(self, play: Play, desk_id: str) -> bool:
        """Whether anyone who checked in before the desk's end can still be called by it."""
        return any(
            self._may_serve(desk_id, guest, standing.service)
            for guest in play.hall.guests.values()
            for standing in play.hall.open_tickets(guest)
        )

    def _may_serve(self, desk_id: str, guest: Guest, service: str) -> bool:
        is_in_time = guest.arrived_at < self.ends[desk_id]
        return is_in_time and desk_serves(self.house, self.house.desk[desk_id], service, guest.language)

    def _send_home(self, play: Play, now: datetime) -> None:
        """After closing: whom no desk of this day can serve has waited in vain."""
        for guest in list(play.hall.guests.values()):
            in_vain = [
                standing.id
                for standing in play.hall.open_tickets(guest)
                if not any(self._may_serve(desk_id, guest, standing.service) for desk_id in self.ends)
            ]
            if in_vain:
                play.attempt(partial(self._end, guest.visit_id, in_vain, now))

    def _end(self, visit_id: str, ticket_ids: list[int], now: datetime) -> None:
        with transaction() as tx:
            for ticket_id in ticket_ids:
                ticket = db.session.get_one(Ticket, ticket_id, populate_existing=True)
                change(tx, ticket, TicketAction.LEAVE, now=now, by=BY, ended_at=now)
            settle(tx, self.house, visit_id, now=now, by=BY)
