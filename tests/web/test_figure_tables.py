"""Tables with changes and targets, the way down to finer ones, comparison with any period, and saved views."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from ihh.domain.statistics.cells import Row
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import Span, parse, single
from ihh.domain.statistics.tables import TABLES, key
from ihh.models.account import Role
from ihh.services.house import current_house
from ihh.services.statistics.published import published
from tests.web import test_statistics as pages

figures, written, sign_in = pages.figures, pages.written, pages.sign_in

BEFORE = single(parse("2026-09"))


def rows_of(code: str, span: Span = pages.SPAN) -> dict[str, Row]:
    return {key(row.values): row for row in published(span, [code]).tables[code].rows}


def table_rows(html: str) -> dict[str, str]:
    """Row → its HTML, of the table of figures."""
    body = html[html.index('id="figures"') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    return dict(re.findall(r'<tr[^>]* data-value="([^"]*)">(.*?)</tr>', body, re.S))


def changes(row: str) -> dict[str, str]:
    """Measure → the change beside its figure."""
    cells = re.findall(r'<td class="figure[^"]*" data-measure="(\w+)"[^>]*>(.*?)</td>', row, re.S)
    found = {}
    for measure, cell in cells:
        change = re.search(r'<span class="change[^"]*"><bdi dir="ltr">(.*?)</bdi>', cell)
        if change:
            found[measure] = change[1].replace("\u00a0", " ")
    return found


@pytest.mark.parametrize("code", ["agency", "language", "agency.hour"])
def test_a_change_is_told_where_both_figures_are_shown_and_nowhere_else(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, code: str
) -> None:
    sign_in(Role.ANALYST)
    told = table_rows(sqlite_client.get(f"/statistics/tables?by={code}").text)
    now, before = rows_of(code), rows_of(code, BEFORE)
    hidden = 0
    for name, row in now.items():
        for measure in (Measure.VISITS, Measure.WAIT_MEDIAN, Measure.WITHIN_LEVEL):
            new = row.cells[measure].amount
            old = before[name].cells[measure].amount if name in before else None
            said = changes(told[name]).get(measure.value)
            if new is None or old is None:
                assert said is None, (name, measure)
                hidden += 1
            elif measure is Measure.VISITS and old:
                share = 100 * (new - old) / old
                if new == old:
                    assert said == "no change"
                else:
                    assert said == f"{'+' if share > 0 else '−'}{abs(share):.{1 if abs(share) < 1 else 0}f} %"
    assert hidden or code == "agency"
    assert any(changes(row) for row in told.values())


def test_targets_stand_in_the_head_and_are_drawn_in_the_cells(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    html = sqlite_client.get("/statistics/tables?by=agency").text.replace("\u00a0", " ")
    target = current_house().figures.service_level_target_pct
    head = html[html.index('id="figures"') :].partition("</thead>")[0]
    assert f"target {target} %" in head
    for name, row in rows_of("agency").items():
        amount = row.cells[Measure.WITHIN_LEVEL].amount
        cell = re.search(r'data-measure="within_service_level_pct"[^>]*>(.*?)</td>', table_rows(html)[name])
        assert cell is not None
        drawn = re.search(r'class="bullet__(met|missed)"', cell[1])
        if amount is None:
            assert drawn is None
        else:
            assert drawn is not None
            assert drawn[1] == ("met" if round(float(amount)) >= target else "missed")


def test_without_comparison_no_change_is_told(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    html = sqlite_client.get("/statistics/tables?by=agency&compare=none").text
    assert not any(changes(row) for row in table_rows(html).values())


def links(row: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'<li><a href="([^"]+)"', row)]


def test_every_row_leads_to_each_finer_table_of_the_catalogue(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    """One step down from each table of one or two dimensions: the page shows that row's part of the finer one."""
    sign_in(Role.ANALYST)
    walked = 0
    for table in TABLES[1:]:
        if "service" in table.dimensions:
            continue
        finer = [one for one in TABLES if set(table.dimensions) < set(one.dimensions)]
        finer = [one for one in finer if len(one.dimensions) == len(table.dimensions) + 1]
        only = "&only=agency:kela" if len(table.dimensions) == 3 else ""
        told = table_rows(sqlite_client.get(f"/statistics/tables?by={table.code}{only}&about=counts").text)
        rows = rows_of(table.code)
        name = next(name for name in told if name != "total")
        found = [one for one in links(told[name]) if "by=service" not in one]
        assert len(found) == len(finer), table.code
        for link, deeper in zip(found, finer, strict=True):
            assert parse_qs(urlsplit(link).query)["about"] == ["counts"]
            answer = sqlite_client.get(link)
            assert answer.status_code == 200, link
            kept = dict(zip(table.dimensions, rows[name].values, strict=True))
            expected = {
                key_: row
                for key_, row in rows_of(deeper.code).items()
                if all(row.values[deeper.dimensions.index(one)] == value for one, value in kept.items())
            }
            pages.expect_rows(pages.Cells(answer.text).of("figures"), expected, 1)
            walked += 1
    assert walked >= 15


def test_an_agencys_name_leads_to_its_page_and_its_row_to_its_services(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    row = table_rows(sqlite_client.get("/statistics/tables?by=agency&span=2026-09&compare=none").text)["kela"]
    name = re.search(r'<th scope="row"><a href="([^"]+)"', row)
    assert name is not None
    assert unescape(name[1]) == "/statistics/agency/kela?span=2026-09&compare=none"
    services = next(link for link in links(row) if "by=service" in link)
    found = pages.Cells(sqlite_client.get(services).text).of("figures")
    own = {
        name: row
        for name, row in rows_of("service", BEFORE).items()
        if current_house().service[row.values[0]].agency == "kela"
    }
    pages.expect_rows(found, own, 5)
    (back,) = links(table_rows(sqlite_client.get(services).text)[next(iter(own))])
    assert back == "/statistics/agency/kela?span=2026-09&compare=none"


def test_the_largest_table_is_shown_an_agency_at_a_time(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    html = sqlite_client.get("/statistics/tables?by=agency.weekday.hour").text
    first = next(iter(rows_of("agency")))
    rows = rows_of("agency.weekday.hour")
    own = {name: row for name, row in rows.items() if row.values[0] == first}
    pages.expect_rows(pages.Cells(html).of("figures"), own, 20)
    nav = html[html.index('<nav aria-label="Agency">') :].partition("</nav>")[0]
    turned = [unescape(link) for link in re.findall(r'href="([^"]+)"', nav)]
    seen: set[str] = set()
    for link in turned:
        seen |= set(table_rows(sqlite_client.get(link).text))
    assert seen == set(rows), "no row is lost"


def test_a_choice_of_rows_is_taken_back(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    html = sqlite_client.get("/statistics/tables?by=hour&only=agency:kela&only=weekday:2").text
    pages.expect_rows(
        pages.Cells(html).of("figures"),
        {name: row for name, row in rows_of("agency.weekday.hour").items() if name.startswith("kela|2|")},
        5,
    )
    kept = html[html.index('class="kept-rows"') :].partition("</ul>")[0]
    ways = [unescape(link) for link in re.findall(r'<a href="(/statistics/tables[^"]+)"', kept)]
    assert [parse_qs(urlsplit(way).query)["only"] for way in ways] == [["weekday:2"], ["agency:kela"]]
    assert sqlite_client.get("/statistics/tables?by=hour&only=nothing:1").status_code == 422
    assert "no such row" in sqlite_client.get("/statistics/tables?by=hour&only=agency:nobody").text


@pytest.mark.parametrize("page", ["", "/agency/kela", "/tables", "/estimates"])
def test_any_released_period_of_the_kind_may_be_compared_with(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, page: str
) -> None:
    """September against October: the later one, which neither menu entry gives."""
    sign_in(Role.ANALYST)
    html = sqlite_client.get(f"/statistics{page}?span=2026-09").text
    form = html[html.index('<select class="input" id="compare"') :].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]+)"', form) == ["2026-10"]
    chosen = sqlite_client.get(f"/statistics{page}?span=2026-09&compare=2026-10").text
    assert "Changes are against October 2026." in chosen
    assert "Against October 2026" in chosen


def test_a_chosen_period_is_compared_as_long_as_what_is_shown(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient
) -> None:
    sign_in(Role.ANALYST)
    days = sqlite_client.get("/statistics?span=2026-10-05--2026-10-07&compare=2026-09-01").text
    assert "Changes are against Tuesday 1 September 2026 – Thursday 3 September 2026." in days
    assert '<input class="input" id="compare" name="compare" type="date" value="2026-09-01"' in days
    for link in re.findall(r'href="(/statistics\?[^"]*span=2026-\d\d(?:&|"))', days):
        assert "compare=2026-09-01" not in link, "a month is not compared with days"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("span=2026-09", "There are no figures of August 2026 to compare with."),
        (
            "span=2026-09--2026-10&compare=year",
            "There are no figures of September 2025 – October 2025 to compare with.",
        ),
        ("span=2026-09--2026-10&compare=2026-10", "There are no figures of November 2026 to compare with."),
        ("span=2026-09--2026-10", "There are no figures of July 2026 – August 2026 to compare with."),
        ("span=2026-10&compare=2026-W41", "Week 41, 2026 is not as long as what is shown"),
        ("span=2026-10&compare=none", ""),
        ("span=2026-10", ""),
    ],
)
def test_what_is_missing_to_compare_with_is_said(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, query: str, sentence: str
) -> None:
    sign_in(Role.ANALYST)
    for page in ("", "/tables"):
        text = sqlite_client.get(f"/statistics{page}?{query}").text
        assert sentence in text
        assert bool(sentence) == ("to compare with." in text)


def view_query(html: str) -> str:
    found = re.search(r'name="query" value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    "page",
    [
        "/statistics?span=2026-09&compare=year",
        "/statistics/tables?span=2026-09&by=hour&about=waiting&only=agency:kela&only=weekday:2",
        "/statistics/tables?span=2026-09&compare=2026-10&by=agency&by=weekday&by=hour",
        "/statistics/estimates?span=2026-09",
        "/statistics/agency/kela?span=2026-09&compare=none",
        "/statistics/report/2026-09",
        "/statistics/agency/kela/report/2026-09",
    ],
)
def test_a_view_opens_the_page_as_it_was(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, page: str
) -> None:
    sign_in(Role.ANALYST)
    query = view_query(sqlite_client.get(page).text)
    answer = pages.send(sqlite_client, name="As it was", query=query)
    wanted, got = urlsplit(page), urlsplit(answer.location)
    assert (got.path, parse_qs(got.query)) == (wanted.path, parse_qs(wanted.query))
    after = sqlite_client.get(answer.location)
    assert "The view is saved." in after.text
    assert ">As it was</a>" in after.text
    newest = pages.send(sqlite_client, name="Newest", query=query, is_newest="1")
    assert "2026-09" not in newest.location
    if "report" in page:
        assert newest.location.endswith("/report/2026-10")
    assert sqlite_client.get(newest.location).status_code == 200


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("page=//evil.example&span=2026-09", "/statistics?span=2026-09"),
        ("page=agency&span=2026-09", "/statistics?span=2026-09"),
        ("page=dashboard&by=hour&next=x", "/statistics"),
        ("page=report&span=../../staff", "/statistics/report/..%2F..%2Fstaff"),
        ("", "/statistics"),
    ],
)
def test_a_view_leads_nowhere_else(
    figures: None, sign_in: pages.SignIn, sqlite_client: FlaskClient, query: str, location: str
) -> None:
    sign_in(Role.ANALYST)
    found = pages.send(sqlite_client, name="Odd", query=query).location
    assert urlsplit(found).netloc == ""
    assert found.replace("../../", "..%2F..%2F") == location
