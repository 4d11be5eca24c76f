"""The form of the booking's second step: which services, for whom, now or in a second visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.errors import Refusal
from ihh.domain.house import House, Service, text
from ihh.domain.override import REASON_LONGEST, REASON_SHORTEST, OverrideFault
from ihh.domain.route import BlockedService, LegChoice, LegFaultCode, Route, RouteLeg, blocked_by, leg_for
from ihh.presentation.languages import text_language
from ihh.web.booking_draft import Draft
from ihh.web.booking_forms import Errors, Form, language_name


@dataclass(frozen=True)
class ServiceField:
    """A service that can be chosen, with who of the party comes."""

    leg: RouteLeg | BlockedService
    is_chosen: bool
    is_second: bool
    """Chosen for a second visit."""
    people: tuple[str, ...]
    error: str
    reason: str
    """Why a clerk sets its rules aside, as typed."""
    reason_error: str
    first_day: date | None
    """Where it can be booked for a second visit: the first day of that, if the first visit were today."""
    has_order: bool
    """Whether anything must come before it, which a clerk may set aside."""
    language_note: str


@dataclass(frozen=True)
class ServicesForm:
    route: Route
    needed: list[ServiceField]
    optional: list[ServiceField]
    later: list[ServiceField]
    """What must wait; for a clerk also what the party does not need."""
    errors: Errors
    draft: Draft
    """With what is chosen."""


@dataclass(frozen=True)
class _Sent:
    draft: Draft
    reasons: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=list)


def services_form(house: House, draft: Draft, *, today: date, may_overrule: bool = False) -> ServicesForm:
    """Step 2 before anything was sent: what was chosen last time, else what applies."""
    usual = tuple(LegChoice(leg.service.id, leg.people) for leg in draft.route(house).now)
    chosen = draft if draft.legs else replace(draft, legs=usual)
    return _form(house, _Sent(chosen, draft.overrides), today=today, may_overrule=may_overrule)


def read_services(
    house: House, draft: Draft, form: Form, *, today: date, may_overrule: bool = False
) -> ServicesForm:
    """What was sent in step 2; `may_overrule` lets reasons set rules aside, as only the house's staff may."""
    services = dict.fromkeys(form.getlist("service"))
    second = dict.fromkeys(name for name in form.getlist("later") if name not in services)
    reasons = _reasons(form) if may_overrule else {}
    blocked = {item.service.id for item in _waiting(house, draft, may_overrule=may_overrule)}
    chosen = replace(
        draft,
        legs=tuple(_leg(draft, form, name) for name in services),
        later=tuple(_leg(draft, form, name) for name in second),
        overrides={
            name: reasons.get(name, "").strip()
            for name in services
            if may_overrule and (name in blocked or reasons.get(name, "").strip())
        },
    )
    sent = _Sent(chosen, reasons, _errors(house, chosen))
    return _form(house, sent, today=today, may_overrule=may_overrule)


def fault_text(house: House, fault: str, service_id: str | None = None) -> str:
    """What is wrong with a chosen service, or with a reason, as a sentence that says how to mend it."""
    service = house.service.get(service_id or "")
    name = text(service.name, text_language()) if service else ""
    faults: dict[str, str] = {**_leg_faults(house, name), **_reason_faults(name)}
    return faults[fault]


def _leg_faults(house: House, name: str) -> dict[str, str]:
    return {
        LegFaultCode.UNKNOWN_SERVICE: _("One of the services is not on offer any more. Choose again."),
        LegFaultCode.SERVICE_NOT_IN_HOUSE: _("%(service)s is not served in the house.", service=name),
        LegFaultCode.EMPTY_LEG: _("Choose who comes to %(service)s.", service=name),
        LegFaultCode.UNKNOWN_PERSON: _(
            "Choose who comes to %(service)s again: your party has changed.", service=name
        ),
        LegFaultCode.DUPLICATE_SERVICE: _("%(service)s is chosen twice for the same person.", service=name),
        LegFaultCode.MINOR_ALONE: _(
            "A child comes with an adult. Choose an adult for %(service)s.", service=name
        ),
        LegFaultCode.BLOCKED: _(
            "%(service)s is not possible yet. Take it away; below it says why, and what to do instead.",
            service=name,
        ),
        LegFaultCode.NEEDED_FIRST: _(
            "%(service)s must come before a service of the first visit. Have both in the same visit.",
            service=name,
        ),
        LegFaultCode.TOO_MANY_PEOPLE: ngettext(
            "One visit is for at most %(num)d person.",
            "One visit is for at most %(num)d people.",
            house.limits.party_max,
        ),
        LegFaultCode.TOO_MANY_LEGS: ngettext(
            "One visit has at most %(num)d service. Take some away and book them for another day.",
            "One visit has at most %(num)d services. Take some away and book them for another day.",
            house.limits.legs_max,
        ),
    }


def _reason_faults(name: str) -> dict[str, str]:
    return {
        OverrideFault.NOT_CHOSEN: _(
            "A reason was given for %(service)s, which is not in the visit.", service=name
        ),
        OverrideFault.REASON_TOO_SHORT: _(
            "Write why %(service)s is done all the same, in at least %(least)d signs.",
            service=name,
            least=REASON_SHORTEST,
        ),
        OverrideFault.REASON_TOO_LONG: _(
            "The reason for %(service)s is too long. Write at most %(most)d signs.",
            service=name,
            most=REASON_LONGEST,
        ),
        OverrideFault.REASON_UNREADABLE: _(
            "The reason for %(service)s has signs that cannot be read. Write it in plain letters.",
            service=name,
        ),
        OverrideFault.IDENTITY_CODE_GIVEN: _(
            "The reason for %(service)s seems to have an identity code in it. Take it out.", service=name
        ),
    }


def _reasons(form: Form) -> dict[str, str]:
    """Service → what was typed for it, chosen or not."""
    names = (name.removeprefix("reason:") for name in form if name.startswith("reason:"))
    return {name: form[f"reason:{name}"] for name in names}


def _leg(draft: Draft, form: Form, service: str) -> LegChoice:
    party = draft.party
    return LegChoice(service, tuple(form.getlist(f"people:{service}")) if party.size > 1 else party.people)


def _errors(house: House, chosen: Draft) -> Errors:
    if not chosen.legs:
        return [("services", _("Choose at least one service."))]
    try:
        chosen.wish()
    except Refusal as refused:
        faults = refused.facts["faults"]
        assert isinstance(faults, Mapping)
        return [_error(house, chosen, place, fault) for place, fault in faults.items()]
    return []


def _error(house: House, chosen: Draft, place: str, fault: str) -> tuple[str, str]:
    """`place` as `wish_for` names it: "/legs/0", "/later/0", "/overrides/<service>" or "/party"."""
    kind, _slash, which = place.lstrip("/").partition("/")
    if kind == "overrides":
        return f"reason-{which}", fault_text(house, fault, which)
    if kind == "party":
        return "services", fault_text(house, fault)
    legs = chosen.legs if kind == "legs" else chosen.later
    service = legs[int(which)].service
    return f"people-{service}", fault_text(house, fault, service)


def _form(house: House, sent: _Sent, *, today: date, may_overrule: bool) -> ServicesForm:
    draft = sent.draft
    route = draft.route(house)
    waiting = _waiting(house, draft, may_overrule=may_overrule)
    form = ServicesForm(
        route=route,
        needed=[_field(house, sent, leg) for leg in route.now],
        optional=[_field(house, sent, leg) for leg in route.optional],
        later=[
            replace(_field(house, sent, item), first_day=_first_day(item, today) if route.follow_up else None)
            for item in waiting
        ],
        errors=[],
        draft=draft,
    )
    return replace(form, errors=[(_there(form, control), sentence) for control, sentence in sent.errors])


def _there(form: ServicesForm, control: str) -> str:
    """The control, or the whole list where the page has none: what is not on offer can still be sent."""
    shown = {each.leg.service.id for each in (*form.needed, *form.optional, *form.later)}
    return control if control.partition("-")[2] in shown else "services"


def _field(house: House, sent: _Sent, leg: RouteLeg | BlockedService) -> ServiceField:
    draft, name = sent.draft, leg.service.id
    first = {choice.service: choice.people for choice in draft.legs}
    second = {choice.service: choice.people for choice in draft.later}
    by_control = dict(reversed(sent.errors))
    people = {**second, **first}.get(name, leg.people)
    return ServiceField(
        leg=leg,
        is_chosen=name in first,
        is_second=name in second,
        people=tuple(person for person in people if person in draft.party.people),
        error=by_control.get(f"people-{name}", ""),
        reason=sent.reasons.get(name, ""),
        reason_error=by_control.get(f"reason-{name}", ""),
        first_day=None,
        has_order=bool(house.prerequisites[name]),
        language_note=_language_note(house, leg.service, draft.language),
    )


def _waiting(house: House, draft: Draft, *, may_overrule: bool) -> list[BlockedService]:
    """What the answers block: of what the party needs, and where rules may be set aside of everything."""
    later = list(draft.route(house).later)
    if not may_overrule:
        return later
    named = {item.service.id for item in later}
    for name, cause in blocked_by(house, draft.answers, draft.party).items():
        if name not in named:
            leg, block = leg_for(house, house.service[name], draft.answers, draft.party), cause.block
            texts = (block.reason, block.instead, leg.documents, leg.notes)
            later.append(BlockedService(leg.service, leg.people, *texts, cause.because, cause.days))
    return [item for item in later if item.service.is_in_house]


def _first_day(item: BlockedService, today: date) -> date | None:
    return today + timedelta(days=item.after_days) if item.can_follow else None


def _language_note(house: House, service: Service, language: str) -> str:
    """Tells that nobody at the service speaks the wished language; empty where someone does."""
    spoken = dict.fromkeys(
        code for desk in house.desks if service.id in desk.services for code in desk.languages
    )
    if not spoken or language in spoken:
        return ""
    shown = text_language()
    return _(
        "No one at this service speaks %(wished)s. Served here: %(spoken)s.",
        wished=language_name(language, shown),
        spoken=", ".join(language_name(code, shown) for code in spoken),
    )
