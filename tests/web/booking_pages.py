"""The booking's pages as a browser without scripts uses them, the public's and the staff's."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ihh.db import db
from ihh.models import Visit
from tests.web.forms import post

WORKER = {"q-purpose": "work", "q-citizenship": "other", "q-identity_code": "yes"}
ALL_SHOWN = {"shown": ["q-purpose", "q-citizenship", "q-identity_code", "q-permit", "q-municipality"]}


def answer(
    client: FlaskClient, answers: dict[str, str], *, root: str = "/book", **fields: str
) -> TestResponse:
    party = {"adults": "1", "minors": "0", "language": "en"}
    return post(client, root, page=root, **{**party, **answers, **ALL_SHOWN, **fields})


def choose(client: FlaskClient, *services: str, root: str = "/book", **fields: Any) -> TestResponse:
    """`fields` are people and second visits, and for the staff reasons."""
    page = f"{root}/services"
    return post(client, page, page=page, service=list(services), **fields)


def plans(page: str) -> list[str]:
    return [unescape(token) for token in re.findall(r'name="plan" id="[^"]*" value="([^"]*)"', page)]


def offered(page: str) -> list[str]:
    """Day and start of each visit on the page."""
    return re.findall(r'name="plan" id="([^"]*)"', page)


def employer_offer(client: FlaskClient) -> list[str]:
    """The plans of an employer's visit: one desk serves it, so two parties can want the same slot."""
    answer(client, {"q-purpose": "employer"})
    choose(client, "chamber.employer")
    return plans(client.get("/book/visit").text)


def card(page: str, title: str) -> str:
    """The one choice with this title, as HTML."""
    (found,) = [each for each in page.split('<li class="choice visit">')[1:] if f">{title}" in each]
    return found.split("</li>")[0]


def plan_of(page: str, title: str) -> str:
    (plan,) = plans(card(page, title))
    return plan


def hold(client: FlaskClient, plan: str, *, root: str = "/book", **fields: str) -> TestResponse:
    return post(client, f"{root}/visit", page=f"{root}/visit", plan=plan, **fields)


def the_visit() -> Visit:
    return db.session.scalars(select(Visit)).one()
