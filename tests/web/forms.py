"""Pages used as a browser without scripts uses them: the form is read before it is sent."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def browsing(client: FlaskClient) -> FlaskClient:
    """The client asks for pages, as a browser does."""
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no {name}"
    return found[1]


def post(client: FlaskClient, url: str, *, page: str, json: bool = False, **fields: Any) -> TestResponse:
    """Read `page`, then send its tokens and `fields` to `url`; `json` as the script asks."""
    html = client.get(page).text
    data = {"csrf_token": hidden(html, "csrf_token"), **fields}
    if 'name="request_id"' in html:
        data.setdefault("request_id", hidden(html, "request_id"))
    return client.post(url, data=data, headers={"Accept": "application/json"} if json else {})


def sign_in(client: FlaskClient, username: str, password: str, **fields: str) -> TestResponse:
    return post(client, "/staff", page="/staff", username=username, password=password, **fields)
