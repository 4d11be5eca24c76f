"""What an entry of the waitlist waits for and is offered, in words and drawn."""

from __future__ import annotations

from flask_babel import gettext as _

from ihh.domain.daytime import local_minute
from ihh.domain.house import House
from ihh.domain.party import Party
from ihh.models import Visit, WaitlistEntry
from ihh.presentation.formats import minute_time
from ihh.services.my_visit import LegView, VisitView
from ihh.web.booking_dates import ALL_DAY
from ihh.web.booking_drawing import bars
from ihh.web.booking_options import LaneView, lane_name, lane_words
from ihh.web.timeline import lanes_of
from ihh.web.visit_page import present_option


def hours_text(entry: WaitlistEntry) -> str:
    """ "from 9:00", "until 12:00", "from 9:00 until 12:00"; empty where any time will do."""
    begins, ends = minute_time(entry.not_before), minute_time(entry.not_after)
    if entry.not_before and entry.not_after < ALL_DAY:
        return _("from %(begins)s until %(ends)s", begins=begins, ends=ends)
    if entry.not_before:
        return _("from %(begins)s", begins=begins)
    return _("until %(ends)s", ends=ends) if entry.not_after < ALL_DAY else ""


def in_order_of_time(view: VisitView) -> list[LegView]:
    return sorted(view.legs, key=lambda leg: (leg.planned_at is None, leg.planned_at))


def drawn(house: House, visit: Visit) -> list[LaneView]:
    """The visit's lanes of time, each with its words."""
    zone, party = house.timezone, Party(visit.adults, visit.minors)
    minutes = {
        leg.position: (local_minute(leg.starts_at, timezone=zone), local_minute(leg.ends_at, timezone=zone))
        for leg in visit.legs
        if leg.starts_at is not None and leg.ends_at is not None
    }
    option = present_option(visit, minutes)
    return [
        LaneView(
            lane_name(party, lane.people),
            bars(house, option, lane, option.end - option.start),
            lane_words(house, option, lane),
        )
        for lane in lanes_of(house, party, option)
    ]
