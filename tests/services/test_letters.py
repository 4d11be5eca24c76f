"""Letters: what they say, to whom and when they go, and that each goes once."""

from __future__ import annotations

import logging
import re
import ssl
import subprocess
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from flask_babel import gettext
from icalendar import Calendar
from sqlalchemy import select

from ihh.config import Mail, SettingError, settings_from
from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Letter, WaitlistContact
from ihh.presentation import letters as letters_in_words
from ihh.presentation.languages import text_language, written_in
from ihh.services import booking, day_end, letters, proposals, waitlist, waitlist_entries, waitlist_offers
from tests.servers.mail import running_mail_server
from tests.servers.ports import free_port
from tests.situations import TUESDAY, at, booked, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
MINUTE = timedelta(minutes=1)
ADDRESS = "ann.who.waits@example.com"
ANN = Reachable(ADDRESS, None)
SENDER = "visits@example.org"
HOST = "https://visits.example"
GOLDEN = Path(__file__).parent / "golden_letters"
LANGUAGES = ("en", "fi", "sv")
TOKEN = re.compile(r"/(v|w)/[0-9A-Z]{26}")
CHAMBER = "chamber.employer"
SERVICE = "business.softlanding"


@pytest.fixture
def post(app, monkeypatch):
    """The house sends its letters to a mail server of ours."""
    with running_mail_server() as (server, port):
        sends_by(app, monkeypatch, port)
        yield server


def sends_by(app, monkeypatch, port, **how):
    mail = Mail(
        "127.0.0.1", port, **{"is_encrypted": False, "user": None, "password": None, "sender": SENDER, **how}
    )
    monkeypatch.setitem(app.config, "IHH", replace(app.config["IHH"], mail=mail, public_url=HOST))


def send(now=NOW):
    return letters_in_words.send_due(now=now)


def confirmed(service=SERVICE, *, contact=ANN, language="en", documents=(), now=NOW):
    wanted = Wish(Party(1), (LegWish(service, ("p1",), documents),), language, "work")
    option = proposals.propose(wanted, now=now, first=TUESDAY).earliest
    return booking.confirm(booking.hold(wanted, option, source=None, now=now).id, contact, now=now)


def waiting(language="en", *, contact=ANN):
    """The chamber's Tuesday is full, and one waits for it; also a visit that can be cancelled."""
    ids = [booked(wish(CHAMBER), now=NOW).id for _ in range(8)]
    wanted = wish(CHAMBER, language=language)
    entry = waitlist_entries.join(wanted, contact, first=TUESDAY, last=TUESDAY, now=NOW, source=None)
    return entry.id, ids[5]


def in_words(message):
    """Subject and plain text, without what differs from run to run."""
    plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return TOKEN.sub(r"/\1/TOKEN", f"Subject: {message['Subject']}\n\n{plain}")


def tell_booked(language):
    confirmed(language=language, documents=("passport", "employment_contract"))


def tell_moved(language):
    one = confirmed(language=language)
    send()
    later = proposals.propose(wish(SERVICE), now=NOW, first=TUESDAY + timedelta(days=2)).earliest
    booking.move(one.id, later, now=NOW)


def tell_cancelled(language):
    one = confirmed(language=language)
    send()
    booking.cancel(one.id, now=NOW)


def tell_offer(language):
    _, freed = waiting(language)
    booking.cancel(freed, now=NOW)


def tell_offer_over(language):
    _, freed = waiting(language)
    booking.cancel(freed, now=NOW)
    send()
    day_end.tidy(now=NOW + timedelta(hours=4))


def tell_days_over(language):
    waiting(language)
    day_end.tidy(now=at("00:10", TUESDAY + timedelta(days=1)))


TOLD = {
    "booked": tell_booked,
    "moved": tell_moved,
    "cancelled": tell_cancelled,
    "offer": tell_offer,
    "offer_over": tell_offer_over,
    "days_over": tell_days_over,
}
WHEN = {"offer_over": NOW + timedelta(hours=4), "days_over": at("12:00", TUESDAY + timedelta(days=2))}
PROBE = "You are no longer on the waitlist"


class TestWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", TOLD)
    def test_letters_read_as_they_should(self, app, post, kind, language):
        with written_in(language):
            if language != "en" and gettext(PROBE) == PROBE:
                pytest.skip("the catalogues do not have the letters yet")
        TOLD[kind](language)
        send(WHEN.get(kind, NOW))
        golden = GOLDEN / f"{kind}.{language}.txt"
        assert in_words(post.messages[-1]) == golden.read_text("utf-8")

    def test_a_language_without_texts_falls_back_to_english(self, app, post):
        tell_offer("uk")
        send()
        assert in_words(post.messages[-1]) == (GOLDEN / "offer.en.txt").read_text("utf-8")
        assert post.messages[-1]["Content-Language"] == "en"
        assert text_language() == "en"

    @pytest.mark.parametrize("kind", TOLD)
    def test_the_html_says_the_same_as_the_text(self, app, post, kind):
        TOLD[kind]("en")
        send(WHEN.get(kind, NOW))
        html, plain = (
            post.messages[-1].get_body((kind,)).get_content().replace("\r", "") for kind in ("html", "plain")
        )
        bare = unescape(re.sub(r"<[^>]+>", "\n", html[html.index("<body>") :]))
        said = [[line.removeprefix("- ") for line in text.split("\n") if line] for text in (bare, plain)]
        assert said[0] == said[1]

    def test_a_booked_visit_comes_with_its_calendar_file(self, app, post):
        one = confirmed()
        send()
        (attached,) = post.messages[0].iter_attachments()
        assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "visit.ics")
        event = Calendar.from_ical(attached.get_content()).walk("VEVENT")[0]
        assert event["url"] == f"{HOST}/v/{one.link_token}"
        assert event["dtstart"].dt == min(leg.starts_at for leg in one.legs)

    def test_it_says_from_whom_and_that_no_person_wrote_it(self, app, post):
        confirmed()
        send()
        message = post.messages[0]
        assert (message["From"], message["To"]) == (SENDER, ADDRESS)
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"].endswith("@visits.example>")
        assert message["Date"].datetime == NOW


class TestWhoGetsOne:
    def test_without_a_mail_server_nothing_is_written(self, app):
        assert not letters.are_sent()
        confirmed()
        assert db.session.scalars(select(Letter)).all() == []
        assert send() == 0

    @pytest.mark.parametrize("contact", [None, Reachable(None, "+358401234567")])
    def test_nobody_without_an_e_mail_address(self, app, post, contact):
        confirmed(contact=contact)
        assert db.session.scalars(select(Letter)).all() == []

    def test_the_page_knows_whether_a_letter_will_come(self, app, post):
        entry_id, _ = waiting()
        view = waitlist_entries.view_entry(waitlist_entries.locked(entry_id), now=NOW)
        assert view.is_written_to
        assert letters.are_sent()

    def test_a_refused_action_writes_none(self, app, post):
        one = confirmed()
        send()
        booking.cancel(one.id, now=NOW)
        with pytest.raises(Exception, match="visit_cancelled"):
            booking.move(one.id, proposals.propose(wish(SERVICE), now=NOW).earliest, now=NOW)
        kinds = [letter.kind for letter in db.session.scalars(select(Letter).order_by(Letter.id))]
        assert kinds == ["booked", "cancelled"]

    def test_news_that_is_no_longer_true_is_not_told(self, app, post):
        entry_id, freed = waiting()
        booking.cancel(freed, now=NOW)
        waitlist.decline(entry_id, now=NOW)
        cancelled = confirmed()
        booking.cancel(cancelled.id, now=NOW)
        send()
        assert [message["Subject"] for message in post.messages] == [
            "Your visit is cancelled: Tuesday 1 December 2026"
        ]

    def test_whoever_takes_an_offer_gets_the_visits_letter(self, app, post):
        entry_id, freed = waiting()
        booking.cancel(freed, now=NOW)
        assert send() == 1
        waitlist_offers.take(entry_id, None, now=NOW)
        assert send() == 1
        assert post.recipients == [ADDRESS] * 2

    def test_the_contact_of_an_ended_entry_stays_until_it_has_been_told(self, app, post):
        entry_id, freed = waiting()
        booking.cancel(freed, now=NOW)
        over = NOW + timedelta(hours=4)
        for _ in range(2):
            day_end.tidy(now=over)
            assert db.session.get(WaitlistContact, entry_id, populate_existing=True) is not None
        send(over)
        day_end.tidy(now=over)
        assert db.session.get(WaitlistContact, entry_id, populate_existing=True) is None


class TestSending:
    def test_several_workers_send_each_letter_once(self, app, post, threads):
        for index in range(12):
            confirmed(contact=Reachable(f"visitor{index}@example.com", None))
        outcomes = threads(6, lambda _: send())
        assert sum(outcomes) == 12
        assert sorted(post.recipients) == sorted(f"visitor{index}@example.com" for index in range(12))

    def test_the_pauses_grow_and_then_it_is_given_up(self, app, post, caplog):
        confirmed()
        post.answers = ["451 not now"] * 5
        moments = [NOW]
        for pause in (1, 5, 30, 120):
            assert send(moments[-1]) == 0
            assert send(moments[-1] + pause * MINUTE - timedelta(seconds=1)) == 0
            moments.append(moments[-1] + pause * MINUTE)
        assert post.answers == ["451 not now"]
        assert send(moments[-1]) == 0
        assert post.answers == []
        assert send(moments[-1] + timedelta(days=1)) == 0
        assert post.messages == []

    def test_after_a_failure_it_goes_out_once(self, app, post):
        confirmed()
        post.answers = ["451 not now"]
        assert [send(), send(NOW + MINUTE), send(NOW + timedelta(days=1))] == [0, 1, 0]
        assert len(post.messages) == 1

    def test_a_refused_address_holds_up_nobody(self, app, post):
        post.refused_addresses = {ADDRESS: f"550 no such user {ADDRESS}"}
        confirmed()
        confirmed(contact=Reachable("bo@example.com", None))
        assert send() == 1
        assert send(NOW + timedelta(days=1)) == 0, "no second try can help"
        assert post.recipients == ["bo@example.com"]

    def test_a_server_that_is_down_uses_up_one_try_of_one_letter(self, app, monkeypatch):
        sends_by(app, monkeypatch, free_port())
        confirmed()
        confirmed(contact=Reachable("bo@example.com", None))
        send()
        tries = [letter.tries for letter in db.session.scalars(select(Letter).order_by(Letter.id))]
        assert tries == [1, 0]

    def test_a_letter_whose_sender_died_is_taken_over(self, app, post):
        confirmed()
        (letter,) = db.session.scalars(select(Letter)).all()
        assert letters._claim(letter.id, letter.next_try_at, now=NOW)
        assert send(NOW + 9 * MINUTE) == 0
        assert send(NOW + 10 * MINUTE) == 1

    def test_no_log_names_the_address(self, app, post, monkeypatch, caplog):
        caplog.set_level(logging.DEBUG)
        contacts = (Reachable(f"{index}.{ADDRESS}", None) for index in count())
        for answer in ("550 {} unknown", "451 {} later", ""):
            contact = next(contacts)
            post.refused_addresses = {contact.email: answer.format(contact.email)} if answer else {}
            post.answers = [] if answer else [f"554 spam for {contact.email}"]
            confirmed(contact=contact)
            send()
        sends_by(app, monkeypatch, free_port())
        confirmed(contact=next(contacts))
        send()
        ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
        assert sum("booked" in line for line in ours) == 4
        assert [line for line in ours if ADDRESS in line] == []


class TestServers:
    @pytest.fixture
    def tls(self, tmp_path, monkeypatch):
        """A certificate for 127.0.0.1 that this process trusts."""
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -keyout {key} -out {certificate}"
        more = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*command.split(), *more], check=True, capture_output=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        return context

    def test_a_letter_is_encrypted_where_the_server_can(self, app, monkeypatch, tls):
        with running_mail_server(tls) as (server, port):
            sends_by(app, monkeypatch, port)
            confirmed()
            assert (send(), server.encrypted) == (1, 1)

    def test_a_certificate_nobody_vouches_for_is_not_accepted(self, app, monkeypatch, tls):
        monkeypatch.delenv("SSL_CERT_FILE")
        with running_mail_server(tls) as (server, port):
            sends_by(app, monkeypatch, port)
            confirmed()
            assert (send(), server.messages) == (0, [])

    def test_no_password_goes_over_an_open_line(self, app, post, monkeypatch, caplog):
        sends_by(app, monkeypatch, app.config["IHH"].mail.port, user="house", password="very secret")
        confirmed()
        assert send() == 0
        assert "very secret" not in caplog.text


class TestSettings:
    GOOD = {"SMTP_URL": "smtp://house:s%40cret@mail.example:587", "MAIL_FROM": SENDER, "PUBLIC_URL": HOST}

    def test_the_address_is_taken_apart(self, tmp_path):
        mail = settings_from({**self.GOOD, "IHH_VAR": str(tmp_path)}).mail
        assert mail == Mail("mail.example", 587, False, "house", "s@cret", SENDER)
        assert "s@cret" not in repr(mail)

    @pytest.mark.parametrize(("url", "port"), [("smtp://mail.example", 25), ("smtps://mail.example", 465)])
    def test_the_usual_ports(self, tmp_path, url, port):
        assert settings_from({**self.GOOD, "SMTP_URL": url, "IHH_VAR": str(tmp_path)}).mail.port == port

    def test_no_mail_server_no_letters(self, tmp_path):
        assert settings_from({"IHH_VAR": str(tmp_path)}).mail is None

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"SMTP_URL": "mail.example:25"}, "SMTP_URL"),
            ({"SMTP_URL": "smtp://house:s@cret#1@mail.example:587"}, "SMTP_URL"),
            ({"SMTP_URL": "smtp://[house:secret"}, "SMTP_URL"),
            ({"SMTP_URL": "smtp://:25"}, "SMTP_URL"),
            ({"MAIL_FROM": ""}, "MAIL_FROM"),
            ({"MAIL_FROM": "the house"}, "MAIL_FROM"),
            ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ],
    )
    def test_what_is_wrong_is_named_without_the_password(self, tmp_path, wrong, named):
        with pytest.raises(SettingError) as caught:
            settings_from({**self.GOOD, **wrong, "IHH_VAR": str(tmp_path)})
        assert str(caught.value).startswith(f"{named}:")
        assert "cret" not in str(caught.value)
