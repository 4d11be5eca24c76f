"""People who come to the house, each with the whole route that they should get, written out by hand.

The five of the house's brief (the Indian family, the German, the Swede, the builder, the employer) and others.
Texts stand in `tests.domain.persona_texts` under the names used here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ihh.domain.party import Party


@dataclass(frozen=True)
class Stop:
    """A service of the route; lists are words in one text, in order."""

    service: str
    people: str
    documents: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Later(Stop):
    why: str = ""
    after_days: int = 0


@dataclass(frozen=True)
class Persona:
    answers: dict[str, str]
    party: Party
    now: tuple[Stop, ...] = ()
    later: tuple[Later, ...] = ()
    elsewhere: tuple[Stop, ...] = ()
    """Without people: nobody has a leg there."""
    optional: str = ""
    follow_up: tuple[int, str] | None = None
    """Days after the first visit, and the services of the second."""


def told(purpose: str, citizenship: str = "", identity_code: str = "", **more: str) -> dict[str, str]:
    answers = {"purpose": purpose, "citizenship": citizenship, "identity_code": identity_code, **more}
    return {question: answer for question, answer in answers.items() if answer}


PENSION = Stop("etk.pension", "", "", "employer_applies")
RIGHTS = Stop("sak.rights", "", "employment_contract payslips")
AT_WORK = (PENSION, RIGHTS)

TAX_CARD_PASSPORT = "passport employment_contract income_estimate"
TAX_CARD_ID = "passport_or_id employment_contract income_estimate"

PERSONAS: dict[str, Persona] = {
    "an Indian specialist with spouse and two children, codes on their cards": Persona(
        told("work", "other", "yes"),
        Party(2, 2),
        now=(
            Stop(
                "dvv.register",
                "p1 p2 p3 p4",
                "passport permit_card employment_contract address family_certificates",
                "online_form two_years certificates one_parent",
            ),
            Stop("vero.tax_card", "p1", TAX_CARD_PASSPORT),
            Stop("kela.social_security", "p1 p2", "passport employment_contract moving_form"),
        ),
        elsewhere=AT_WORK,
        optional="dvv.changes kela.advice employment.jobseeker employment.consultation city.guidance "
        "city.spouse business.softlanding",
    ),
    "a German without a code": Persona(
        told("work", "eu", "no"),
        Party(1),
        now=(
            Stop(
                "migri.eu_registration",
                "p1",
                "passport_or_id means",
                "enter_finland originals code_in_three_weeks",
            ),
        ),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport_or_id eu_registration employment_contract address",
                "dvv_may_be_first online_form two_years",
                why="eu_registration_first",
                after_days=21,
            ),
            Later("vero.tax_card", "p1", TAX_CARD_ID, why="code_first", after_days=21),
        ),
        elsewhere=AT_WORK,
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
        follow_up=(21, "dvv.register vero.tax_card"),
    ),
    "a Swede": Persona(
        told("work", "nordic", "no"),
        Party(1),
        now=(
            Stop(
                "dvv.register",
                "p1",
                "passport_or_id employment_contract address",
                "online_form code_comes_later two_years",
            ),
            Stop("kela.social_security", "p1", "passport_or_id employment_contract moving_form"),
        ),
        later=(Later("vero.tax_card", "p1", TAX_CARD_ID, why="code_first", after_days=21),),
        elsewhere=AT_WORK,
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
        follow_up=(21, "vero.tax_card"),
    ),
    "a Polish builder": Persona(
        told("construction", "eu", "no"),
        Party(1),
        elsewhere=(
            Stop(
                "vero.tax_number",
                "",
                "passport_or_id employment_contract",
                "business_days no_municipality eu_in_three_months",
            ),
        ),
        optional="migri.eu_registration kela.social_security kela.advice employment.consultation "
        "city.guidance business.softlanding",
    ),
    "an employer": Persona(
        told("employer"),
        Party(1),
        now=(Stop("chamber.employer", "p1", "business_id"),),
        optional="employment.consultation city.guidance business.softlanding",
    ),
    "a Brazilian entrepreneur with the code on the card": Persona(
        told("business", "other", "yes"),
        Party(1),
        now=(
            Stop("dvv.register", "p1", "passport permit_card address", "online_form"),
            Stop("kela.social_security", "p1", "passport moving_form"),
            Stop("business.softlanding", "p1", "business_idea"),
        ),
        elsewhere=(Stop("etk.pension", ""),),
        optional="dvv.changes vero.tax_card kela.advice employment.jobseeker employment.consultation "
        "city.guidance city.spouse chamber.employer",
    ),
    "a specialist's spouse with a child, codes on their cards": Persona(
        told("spouse", "other", "yes"),
        Party(1, 1),
        now=(
            Stop(
                "dvv.register",
                "p1 p2",
                "passport permit_card address family_certificates",
                "online_form certificates one_parent",
            ),
            Stop("kela.social_security", "p1", "passport moving_form"),
            Stop("city.spouse", "p1"),
        ),
        optional="dvv.changes vero.tax_card kela.advice employment.jobseeker employment.consultation "
        "city.guidance business.softlanding",
    ),
    "a Vietnamese student with the code on the card": Persona(
        told("study", "other", "yes"),
        Party(1),
        now=(
            Stop("dvv.register", "p1", "passport permit_card study_certificate address", "online_form"),
            Stop("kela.social_security", "p1", "passport moving_form"),
        ),
        optional="dvv.changes vero.tax_card kela.advice employment.jobseeker employment.consultation "
        "city.guidance city.spouse business.softlanding",
    ),
    "an Italian student without a code": Persona(
        told("study", "eu", "no"),
        Party(1),
        now=(
            Stop(
                "migri.eu_registration",
                "p1",
                "passport_or_id means",
                "enter_finland originals code_in_three_weeks",
            ),
        ),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport_or_id eu_registration study_certificate address",
                "dvv_may_be_first online_form",
                why="eu_registration_first",
                after_days=21,
            ),
        ),
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
        follow_up=(21, "dvv.register"),
    ),
    "an Estonian job seeker in Helsinki": Persona(
        told("job_search", "eu", "yes", municipality="helsinki"),
        Party(1),
        now=(
            Stop(
                "dvv.register",
                "p1",
                "passport_or_id eu_registration address",
                "tax_code_is_no_registration online_form",
            ),
            Stop("kela.social_security", "p1", "passport_or_id moving_form"),
            Stop("employment.jobseeker", "p1", "passport_or_id cv"),
        ),
        optional="migri.eu_registration dvv.changes vero.tax_card kela.advice employment.consultation "
        "city.guidance city.spouse business.softlanding",
    ),
    "an Iranian job seeker in Espoo": Persona(
        told("job_search", "other", "yes", municipality="espoo"),
        Party(1),
        now=(
            Stop("dvv.register", "p1", "passport permit_card address", "online_form"),
            Stop("kela.social_security", "p1", "passport moving_form"),
        ),
        elsewhere=(Stop("employment.espoo", "", "permit_card cv"),),
        optional="dvv.changes vero.tax_card kela.advice employment.consultation city.guidance city.spouse "
        "business.softlanding",
    ),
    "a Norwegian job seeker in Vantaa": Persona(
        told("job_search", "nordic", "no", municipality="vantaa"),
        Party(1),
        now=(
            Stop("dvv.register", "p1", "passport_or_id address", "online_form code_comes_later"),
            Stop("kela.social_security", "p1", "passport_or_id moving_form"),
        ),
        elsewhere=(Stop("employment.vantaa", "", "cv"),),
        optional="kela.advice employment.consultation city.guidance city.spouse business.softlanding",
    ),
    "a job seeker elsewhere": Persona(
        told("job_search", "nordic", "yes", municipality="other"),
        Party(1),
        now=(
            Stop("dvv.register", "p1", "passport_or_id address", "online_form"),
            Stop("kela.social_security", "p1", "passport_or_id moving_form"),
            Stop("city.guidance", "p1", "", "own_authority"),
        ),
        optional="dvv.changes vero.tax_card kela.advice employment.consultation city.spouse "
        "business.softlanding",
    ),
    "a Danish family of four": Persona(
        told("family", "nordic", "no"),
        Party(2, 2),
        now=(
            Stop(
                "dvv.register",
                "p1 p2 p3 p4",
                "passport_or_id address family_certificates",
                "online_form code_comes_later certificates one_parent",
            ),
            Stop("kela.social_security", "p1 p2", "passport_or_id moving_form"),
        ),
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
    ),
    "a French family of three without codes": Persona(
        told("work", "eu", "no"),
        Party(2, 1),
        now=(
            Stop(
                "migri.eu_registration",
                "p1 p2 p3",
                "passport_or_id means family_certificates",
                "enter_finland originals code_in_three_weeks own_application",
            ),
        ),
        later=(
            Later(
                "dvv.register",
                "p1 p2 p3",
                "passport_or_id eu_registration employment_contract address family_certificates",
                "dvv_may_be_first online_form two_years certificates one_parent",
                why="eu_registration_first",
                after_days=21,
            ),
            Later("vero.tax_card", "p1", TAX_CARD_ID, why="code_first", after_days=21),
        ),
        elsewhere=AT_WORK,
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
        follow_up=(21, "dvv.register vero.tax_card"),
    ),
    "a Pakistani worker with a permit and no code": Persona(
        told("work", "other", "no", permit="yes"),
        Party(1),
        now=(
            Stop(
                "dvv.register",
                "p1",
                "passport permit_card employment_contract address",
                "online_form code_comes_later two_years",
            ),
            Stop("kela.social_security", "p1", "passport employment_contract moving_form"),
        ),
        later=(Later("vero.tax_card", "p1", TAX_CARD_PASSPORT, why="code_first", after_days=21),),
        elsewhere=AT_WORK,
        optional="kela.advice employment.jobseeker employment.consultation city.guidance city.spouse "
        "business.softlanding",
        follow_up=(21, "vero.tax_card"),
    ),
    "a worker without a permit": Persona(
        told("work", "other", "no", permit="no"),
        Party(1),
        now=(Stop("city.guidance", "p1"),),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport permit_card employment_contract address",
                "online_form code_comes_later two_years",
                why="permit_first",
            ),
            Later("vero.tax_card", "p1", TAX_CARD_PASSPORT, why="code_first"),
        ),
        elsewhere=(Stop("migri.permit", "", "passport", "book_migri"), *AT_WORK),
        optional="kela.advice employment.consultation city.spouse business.softlanding",
    ),
    "a job seeker in Helsinki without a permit": Persona(
        told("job_search", "other", "no", permit="no", municipality="helsinki"),
        Party(1),
        now=(Stop("city.guidance", "p1"),),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport permit_card address",
                "online_form code_comes_later",
                why="permit_first",
            ),
            Later("employment.jobseeker", "p1", "passport permit_card cv", why="right_to_work"),
        ),
        elsewhere=(Stop("migri.permit", "", "passport", "book_migri"),),
        optional="kela.advice employment.consultation city.spouse business.softlanding",
    ),
    "a job seeker in Espoo without a permit": Persona(
        told("job_search", "other", "no", permit="no", municipality="espoo"),
        Party(1),
        now=(Stop("city.guidance", "p1"),),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport permit_card address",
                "online_form code_comes_later",
                why="permit_first",
            ),
            Later("employment.espoo", "p1", "permit_card cv", why="right_to_work_espoo"),
        ),
        elsewhere=(Stop("migri.permit", "", "passport", "book_migri"),),
        optional="kela.advice employment.consultation city.spouse business.softlanding",
    ),
    "a job seeker in Vantaa without a permit": Persona(
        told("job_search", "other", "no", permit="no", municipality="vantaa"),
        Party(1),
        now=(Stop("city.guidance", "p1"),),
        later=(
            Later(
                "dvv.register",
                "p1",
                "passport permit_card address",
                "online_form code_comes_later",
                why="permit_first",
            ),
            Later("employment.vantaa", "p1", "permit_card cv", why="right_to_work_vantaa"),
        ),
        elsewhere=(Stop("migri.permit", "", "passport", "book_migri"),),
        optional="kela.advice employment.consultation city.spouse business.softlanding",
    ),
}
