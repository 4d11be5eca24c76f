"""Every text that the personas read in the Helsinki house, in English, Finnish and Swedish, as it must stand."""

from __future__ import annotations

Words = tuple[str, str, str]
"""English, Finnish, Swedish."""

SERVICES: dict[str, tuple[Words, Words]] = {
    "migri.eu_registration": (
        ("EU registration", "EU-rekisteröinti", "EU-registrering"),
        (
            "Register your right of residence as a citizen of an EU or EEA country or Switzerland. You also get an identity code.",
            "Rekisteröi oleskeluoikeutesi EU- tai ETA-maan tai Sveitsin kansalaisena. Saat myös henkilötunnuksen.",
            "Registrera din uppehållsrätt som medborgare i ett EU- eller EES-land eller Schweiz. Du får också en personbeteckning.",
        ),
    ),
    "dvv.register": (
        (
            "Registration and municipality of residence",
            "Rekisteröinti ja kotikunta",
            "Registrering och hemkommun",
        ),
        (
            "Register as a foreigner, get an identity code if you have none, and get a municipality of residence.",
            "Voit rekisteröityä ulkomaalaisena ja saada kotikunnan sekä henkilötunnuksen, jos sinulla ei ole sitä.",
            "Här kan du registrera dig som utlänning och få en hemkommun samt en personbeteckning om du inte har en.",
        ),
    ),
    "dvv.changes": (
        (
            "Family relations and change of address",
            "Perhesuhteet ja osoitteenmuutos",
            "Familjeförhållanden och adressändring",
        ),
        (
            "Register a marriage or a child, or change your address.",
            "Rekisteröi avioliitto tai lapsi tai muuta osoitteesi.",
            "Registrera ett äktenskap eller ett barn, eller ändra din adress.",
        ),
    ),
    "vero.tax_card": (
        ("Tax card and tax advice", "Verokortti ja veroneuvonta", "Skattekort och skatterådgivning"),
        (
            "Get a tax card for your work and ask about taxes.",
            "Saat verokortin työtä varten ja voit kysyä verotuksesta.",
            "Du får ett skattekort för arbetet och kan fråga om beskattning.",
        ),
    ),
    "vero.tax_number": (
        (
            "Tax number for a construction site or shipyard",
            "Veronumero rakennustyömaata tai telakkaa varten",
            "Skattenummer för byggarbetsplats eller varv",
        ),
        (
            "Go to the tax office at Hämeentie 15, Helsinki. You get the tax number and an identity code for taxation there, not at International House Helsinki.",
            "Mene verotoimistoon, Hämeentie 15, Helsinki. Saat veronumeron ja henkilötunnuksen verotusta varten sieltä, et International House Helsingistä.",
            "Gå till skattebyrån, Tavastvägen 15, Helsingfors. Där får du skattenumret och en personbeteckning för beskattningen, inte på International House Helsinki.",
        ),
    ),
    "kela.social_security": (
        ("Social security and Kela card", "Sosiaaliturva ja Kela-kortti", "Social trygghet och FPA-kort"),
        (
            "Apply for Finnish social security, benefits, the Kela card and the European health insurance card.",
            "Hae Suomen sosiaaliturvaa, etuuksia, Kela-korttia ja eurooppalaista sairaanhoitokorttia.",
            "Ansök om social trygghet i Finland, förmåner, FPA-kort och det europeiska sjukvårdskortet.",
        ),
    ),
    "kela.advice": (
        ("Advice on benefits", "Neuvontaa etuuksista", "Råd om förmåner"),
        (
            "Ask about social security and benefits. You do not need an identity code.",
            "Kysy sosiaaliturvasta ja etuuksista. Et tarvitse henkilötunnusta.",
            "Fråga om social trygghet och förmåner. Du behöver ingen personbeteckning.",
        ),
    ),
    "employment.jobseeker": (
        ("Registration as a jobseeker", "Ilmoittautuminen työnhakijaksi", "Anmälan som arbetssökande"),
        (
            "Register as a jobseeker if you live in Helsinki, and plan your job search.",
            "Ilmoittaudu työnhakijaksi, jos asut Helsingissä, ja suunnittele työnhakuasi.",
            "Anmäl dig som arbetssökande om du bor i Helsingfors och planera ditt arbetssökande.",
        ),
    ),
    "employment.consultation": (
        ("Advice on work", "Työhön liittyvä neuvonta", "Rådgivning om arbete"),
        (
            "Talk about finding work in Finland, or about hiring from abroad.",
            "Keskustele työn löytämisestä Suomesta tai työntekijän palkkaamisesta ulkomailta.",
            "Tala om att hitta arbete i Finland eller om att anställa från utlandet.",
        ),
    ),
    "employment.espoo": (
        (
            "Registration as a jobseeker in Espoo",
            "Ilmoittautuminen työnhakijaksi Espoossa",
            "Anmälan som arbetssökande i Esbo",
        ),
        (
            "Espoo has its own employment services. Contact them to register as a jobseeker.",
            "Espoolla on omat työllisyyspalvelut. Ota yhteyttä niihin, kun ilmoittaudut työnhakijaksi.",
            "Esbo har egna sysselsättningstjänster. Kontakta dem för att anmäla dig som arbetssökande.",
        ),
    ),
    "employment.vantaa": (
        (
            "Registration as a jobseeker in Vantaa",
            "Ilmoittautuminen työnhakijaksi Vantaalla",
            "Anmälan som arbetssökande i Vanda",
        ),
        (
            "Vantaa has its own employment services. Contact them to register as a jobseeker.",
            "Vantaalla on omat työllisyyspalvelut. Ota yhteyttä niihin, kun ilmoittaudut työnhakijaksi.",
            "Vanda har egna sysselsättningstjänster. Kontakta dem för att anmäla dig som arbetssökande.",
        ),
    ),
    "migri.permit": (
        ("Residence permit", "Oleskelulupa", "Uppehållstillstånd"),
        (
            "Residence permits are handled at the Malmi service point of the Finnish Immigration Service, not at International House Helsinki.",
            "Oleskelulupa-asiat hoidetaan Maahanmuuttoviraston Malmin palvelupisteessä, ei International House Helsingissä.",
            "Uppehållstillstånd sköts på Migrationsverkets serviceställe i Malm, inte på International House Helsinki.",
        ),
    ),
    "city.guidance": (
        (
            "City advice for newcomers",
            "Kaupungin neuvonta uusille asukkaille",
            "Stadens rådgivning för nyinflyttade",
        ),
        (
            "Ask anything about living in Helsinki, get help with forms, and hear about Newcomer Info Sessions. You need no documents.",
            "Voit kysyä mitä tahansa Helsingissä asumisesta. Saat apua lomakkeisiin ja tietoa uusien asukkaiden infotilaisuuksista. Et tarvitse asiakirjoja.",
            "Du kan fråga vad som helst om att bo i Helsingfors. Du får hjälp med blanketter och information om infomöten för nyinflyttade. Du behöver inga handlingar.",
        ),
    ),
    "city.spouse": (
        ("Friend and Spouse Programs", "Ystävä- ja puoliso-ohjelmat", "Vän- och partnerprogram"),
        (
            "Ask about the Friend Program and the Spouse Program. You need no documents.",
            "Kysy Friend Program- ja Spouse Program -ohjelmista. Et tarvitse asiakirjoja.",
            "Fråga om Friend Program och Spouse Program. Du behöver inga handlingar.",
        ),
    ),
    "chamber.employer": (
        ("Counselling for employers", "Työnantajaneuvonta", "Rådgivning för arbetsgivare"),
        (
            "Get advice on recruiting and employing people from abroad, and on permits.",
            "Saat neuvoja työntekijöiden rekrytoinnista ja palkkaamisesta ulkomailta sekä luvista.",
            "Du får råd om att rekrytera och anställa personer från utlandet och om tillstånd.",
        ),
    ),
    "business.softlanding": (
        ("Advice on starting a business", "Neuvontaa yrityksen perustamiseen", "Råd om att starta företag"),
        (
            "Talk about your business idea and how to settle your company in Helsinki.",
            "Keskustele liikeideastasi ja yrityksesi asettumisesta Helsinkiin.",
            "Tala om din affärsidé och hur ditt företag kan etablera sig i Helsingfors.",
        ),
    ),
    "etk.pension": (
        (
            "Pension, insurance and A1 certificates",
            "Eläke, vakuutus ja A1-todistus",
            "Pension, försäkring och A1-intyg",
        ),
        (
            "Ask by phone or book a time online. The Finnish Centre for Pensions does not serve in the house.",
            "Kysy puhelimitse tai varaa aika verkossa. Eläketurvakeskus ei palvele talossa.",
            "Fråga per telefon eller boka tid på nätet. Pensionsskyddscentralen betjänar inte i huset.",
        ),
    ),
    "sak.rights": (
        ("Employee rights", "Työntekijän oikeudet", "Arbetstagarens rättigheter"),
        (
            "Ask about your rights at work. The advice is free, also if you are not a member of a union. It is given in Finnish and English.",
            "Kysy oikeuksistasi työssä. Neuvonta on maksutonta, vaikka et olisi ammattiliiton jäsen. Sitä annetaan suomeksi ja englanniksi.",
            "Fråga om dina rättigheter i arbetet. Rådgivningen är gratis, även om du inte är medlem i ett fackförbund. Den ges på finska och engelska.",
        ),
    ),
}
"""Name, and what it is about."""

DOCUMENTS: dict[str, Words] = {
    "passport": ("Passport", "Passi", "Pass"),
    "passport_or_id": (
        "Passport or official identity card",
        "Passi tai virallinen henkilökortti",
        "Pass eller officiellt identitetskort",
    ),
    "permit_card": ("Residence permit card", "Oleskelulupakortti", "Uppehållstillståndskort"),
    "eu_registration": (
        "Certificate of EU registration",
        "Todistus EU-rekisteröinnistä",
        "Intyg över EU-registrering",
    ),
    "employment_contract": ("Employment contract", "Työsopimus", "Arbetsavtal"),
    "study_certificate": ("Certificate of studies", "Opiskelutodistus", "Studieintyg"),
    "means": (
        "Proof of work, studies or enough money to live on",
        "Todistus työstä, opiskelusta tai riittävistä varoista",
        "Intyg över arbete, studier eller tillräckliga medel",
    ),
    "address": (
        "Your address in Finland, for example a lease",
        "Osoitteesi Suomessa, esimerkiksi vuokrasopimus",
        "Din adress i Finland, till exempel ett hyresavtal",
    ),
    "family_certificates": (
        "Original marriage and birth certificates, translated and legalised",
        "Alkuperäiset vihki- ja syntymätodistukset, käännettyinä ja laillistettuina",
        "Vigselintyg och födelseintyg i original, översatta och legaliserade",
    ),
    "income_estimate": (
        "Estimate of your income this year",
        "Arvio tuloistasi tänä vuonna",
        "Uppskattning av dina inkomster i år",
    ),
    "moving_form": (
        "Kela's form Moving to Finland, filled in",
        "Kelan lomake Muutto Suomeen, täytettynä",
        "FPA:s blankett Flyttning till Finland, ifylld",
    ),
    "cv": ("CV", "Ansioluettelo (CV)", "Meritförteckning (CV)"),
    "business_id": ("Business ID", "Y-tunnus", "FO-nummer"),
    "business_idea": (
        "Your business idea, in a few sentences",
        "Liikeideasi muutamalla lauseella",
        "Din affärsidé i några meningar",
    ),
    "payslips": ("Payslips", "Palkkalaskelmat", "Lönespecifikationer"),
}

BLOCKS: dict[str, tuple[Words, Words]] = {
    "eu_registration_first": (
        (
            "Your EU registration comes first. It gives you the identity code, usually not on the day of the visit.",
            "EU-rekisteröinti tehdään ensin. Siitä saat henkilötunnuksen, yleensä et vielä käyntipäivänä.",
            "EU-registreringen görs först. Genom den får du personbeteckningen, vanligen inte ännu på besöksdagen.",
        ),
        (
            "Do the EU registration now. Book a second visit to DVV for when you have the code.",
            "Tee EU-rekisteröinti nyt. Varaa toinen käynti DVV:hen siihen aikaan, kun sinulla on tunnus.",
            "Gör EU-registreringen nu. Boka ett andra besök hos MDB till den tid då du har beteckningen.",
        ),
    ),
    "permit_first": (
        (
            "You need a residence permit before DVV can register you.",
            "Tarvitset oleskeluluvan, ennen kuin DVV voi rekisteröidä sinut.",
            "Du behöver uppehållstillstånd innan MDB kan registrera dig.",
        ),
        (
            "Apply for a residence permit from the Finnish Immigration Service. Book DVV when you have the permit.",
            "Hae oleskelulupaa Maahanmuuttovirastosta. Varaa aika DVV:hen, kun sinulla on lupa.",
            "Ansök om uppehållstillstånd hos Migrationsverket. Boka tid hos MDB när du har tillståndet.",
        ),
    ),
    "code_first": (
        (
            "A tax card needs a Finnish identity code. You do not get the code during the visit.",
            "Verokorttia varten tarvitset suomalaisen henkilötunnuksen. Et saa tunnusta käynnin aikana.",
            "För skattekortet behöver du en finsk personbeteckning. Du får inte beteckningen under besöket.",
        ),
        (
            "Come again when you have the code. Or go to the tax office at Hämeentie 15, which can give a code for taxation. That code gives no municipality of residence.",
            "Tule uudelleen, kun sinulla on tunnus. Tai mene verotoimistoon, Hämeentie 15, josta voit saada tunnuksen verotusta varten. Siitä tunnuksesta ei saa kotikuntaa.",
            "Kom på nytt när du har beteckningen. Eller gå till skattebyrån, Tavastvägen 15, som kan ge en beteckning för beskattningen. Den beteckningen ger ingen hemkommun.",
        ),
    ),
    "right_to_work": (
        (
            "Registration as a jobseeker needs a right to work, and you have no residence permit yet.",
            "Työnhakijaksi ilmoittautuminen edellyttää työnteko-oikeutta, eikä sinulla ole vielä oleskelulupaa.",
            "För anmälan som arbetssökande behövs rätt att arbeta, och du har ännu inget uppehållstillstånd.",
        ),
        (
            "Apply for a residence permit from the Finnish Immigration Service. Come again when you have the permit.",
            "Hae oleskelulupaa Maahanmuuttovirastosta. Tule uudelleen, kun sinulla on lupa.",
            "Ansök om uppehållstillstånd hos Migrationsverket. Kom på nytt när du har tillståndet.",
        ),
    ),
    "right_to_work_espoo": (
        (
            "Registration as a jobseeker needs a right to work, and you have no residence permit yet.",
            "Työnhakijaksi ilmoittautuminen edellyttää työnteko-oikeutta, eikä sinulla ole vielä oleskelulupaa.",
            "För anmälan som arbetssökande behövs rätt att arbeta, och du har ännu inget uppehållstillstånd.",
        ),
        (
            "Apply for a residence permit from the Finnish Immigration Service. Contact Espoo's employment services when you have the permit.",
            "Hae oleskelulupaa Maahanmuuttovirastosta. Ota yhteyttä Espoon työllisyyspalveluihin, kun sinulla on lupa.",
            "Ansök om uppehållstillstånd hos Migrationsverket. Kontakta Esbos sysselsättningstjänster när du har tillståndet.",
        ),
    ),
    "right_to_work_vantaa": (
        (
            "Registration as a jobseeker needs a right to work, and you have no residence permit yet.",
            "Työnhakijaksi ilmoittautuminen edellyttää työnteko-oikeutta, eikä sinulla ole vielä oleskelulupaa.",
            "För anmälan som arbetssökande behövs rätt att arbeta, och du har ännu inget uppehållstillstånd.",
        ),
        (
            "Apply for a residence permit from the Finnish Immigration Service. Contact Vantaa's employment services when you have the permit.",
            "Hae oleskelulupaa Maahanmuuttovirastosta. Ota yhteyttä Vantaan työllisyyspalveluihin, kun sinulla on lupa.",
            "Ansök om uppehållstillstånd hos Migrationsverket. Kontakta Vandas sysselsättningstjänster när du har tillståndet.",
        ),
    ),
}
"""Why not yet, and what to do instead."""

NOTES: dict[str, tuple[Words, Words | None]] = {
    "enter_finland": (
        (
            "First make an application in the Enter Finland service, within three months of your arrival. Come to prove your identity within three months of the application. There is a fee.",
            "Tee ensin hakemus Enter Finland -palvelussa kolmen kuukauden kuluessa saapumisestasi. Tule todistamaan henkilöllisyytesi kolmen kuukauden kuluessa hakemuksesta. Käsittelystä peritään maksu.",
            "Gör först en ansökan i tjänsten Enter Finland inom tre månader från din ankomst. Kom och styrk din identitet inom tre månader från ansökan. Behandlingen är avgiftsbelagd.",
        ),
        None,
    ),
    "originals": (
        (
            "Bring the original documents. Migri serves in Finnish, Swedish and English. Bring someone to help if you need another language.",
            "Ota mukaan alkuperäiset asiakirjat. Maahanmuuttovirasto palvelee suomeksi, ruotsiksi ja englanniksi. Ota avustaja mukaan, jos tarvitset muuta kieltä.",
            "Ta med handlingarna i original. Migrationsverket betjänar på finska, svenska och engelska. Ta med någon som hjälper dig om du behöver ett annat språk.",
        ),
        None,
    ),
    "code_in_three_weeks": (
        (
            "You usually do not get the identity code on the day of the visit. Expect it to take about three weeks.",
            "Et yleensä saa henkilötunnusta käyntipäivänä. Varaudu siihen, että se kestää noin kolme viikkoa.",
            "Du får vanligen inte personbeteckningen på besöksdagen. Räkna med att det tar ungefär tre veckor.",
        ),
        None,
    ),
    "own_application": (
        (
            "Each person needs their own application. A child comes together with a parent.",
            "Jokainen tarvitsee oman hakemuksen. Lapsi tulee yhdessä vanhemman kanssa.",
            "Var och en behöver en egen ansökan. Ett barn kommer tillsammans med en förälder.",
        ),
        None,
    ),
    "dvv_may_be_first": (
        (
            "DVV may in some cases give the code before EU registration, because of work or studies. The staff decide.",
            "Joissakin tapauksissa DVV voi antaa tunnuksen jo ennen EU-rekisteröintiä työn tai opiskelun perusteella. Henkilökunta päättää.",
            "I vissa fall kan MDB ge beteckningen redan före EU-registreringen på grund av arbete eller studier. Personalen avgör.",
        ),
        ("Ask the staff at the house.", "Kysy henkilökunnalta paikan päällä.", "Fråga personalen på plats."),
    ),
    "tax_code_is_no_registration": (
        (
            "A code from the tax office is not an EU registration and gives no municipality of residence.",
            "Verotoimistosta saatu tunnus ei ole EU-rekisteröinti, eikä siitä saa kotikuntaa.",
            "En beteckning från skattebyrån är ingen EU-registrering och ger ingen hemkommun.",
        ),
        (
            "If you have no EU registration, add it to your visit. It is done first.",
            "Jos sinulla ei ole EU-rekisteröintiä, lisää se käyntiisi. Se tehdään ensin.",
            "Om du inte har EU-registrering, lägg till den i ditt besök. Den görs först.",
        ),
    ),
    "online_form": (
        (
            "Fill in DVV's online form first and come within one month. Everyone who is registered must attend.",
            "Täytä ensin DVV:n verkkolomake ja tule kuukauden kuluessa. Jokaisen rekisteröitävän on oltava paikalla.",
            "Fyll först i MDB:s webbformulär och kom inom en månad. Alla som registreras måste vara på plats.",
        ),
        None,
    ),
    "code_comes_later": (
        (
            "You do not get the identity code during the visit. It usually comes in two to four weeks.",
            "Et saa henkilötunnusta käynnin aikana. Se tulee yleensä 2–4 viikossa.",
            "Du får inte personbeteckningen under besöket. Den kommer vanligen inom 2–4 veckor.",
        ),
        None,
    ),
    "two_years": (
        (
            "A contract of at least two years supports a municipality of residence.",
            "Vähintään kahden vuoden työsopimus tukee kotikunnan saamista.",
            "Ett arbetsavtal på minst två år talar för att du får en hemkommun.",
        ),
        None,
    ),
    "certificates": (
        (
            "Certificates in other languages than Finnish, Swedish or English need an authorised translation. Foreign certificates must be legalised, for example by an Apostille. EU multilingual forms need no translation.",
            "Muut kuin suomen-, ruotsin- tai englanninkieliset todistukset on käännätettävä auktorisoidulla kääntäjällä. Ulkomaiset todistukset on laillistettava, esimerkiksi apostillella. EU:n monikielisiä lomakkeita ei tarvitse kääntää.",
            "Intyg på andra språk än finska, svenska eller engelska ska översättas av en auktoriserad translator. Utländska intyg ska legaliseras, till exempel med apostille. EU:s flerspråkiga blanketter behöver inte översättas.",
        ),
        None,
    ),
    "one_parent": (
        (
            "One parent can make the request for a child.",
            "Yksi vanhempi voi tehdä pyynnön lapsen puolesta.",
            "En förälder kan lämna begäran för barnet.",
        ),
        None,
    ),
    "only_your_matter": (
        (
            "Bring only what concerns your matter.",
            "Ota mukaan vain ne asiakirjat, jotka koskevat asiaasi.",
            "Ta bara med de handlingar som gäller ditt ärende.",
        ),
        None,
    ),
    "business_days": (
        (
            "It takes one to three business days. Groups of more than five people must book a time at the tax office.",
            "Käsittely kestää 1–3 arkipäivää. Yli viiden hengen ryhmien on varattava aika verotoimistosta.",
            "Det tar 1–3 vardagar. Grupper på över fem personer ska boka tid hos skattebyrån.",
        ),
        None,
    ),
    "no_municipality": (
        (
            "Neither the tax number nor a code from the tax office gives a municipality of residence. If you move to Finland, you also register at DVV.",
            "Veronumerosta tai verotoimiston antamasta henkilötunnuksesta ei saa kotikuntaa. Jos muutat Suomeen, rekisteröidy myös DVV:ssä.",
            "Varken skattenumret eller en personbeteckning från skattebyrån ger en hemkommun. Om du flyttar till Finland, registrera dig också hos MDB.",
        ),
        None,
    ),
    "eu_in_three_months": (
        (
            "If you move to Finland, apply for EU registration within three months of your arrival.",
            "Jos muutat Suomeen, hae EU-rekisteröintiä kolmen kuukauden kuluessa saapumisestasi.",
            "Om du flyttar till Finland, ansök om EU-registrering inom tre månader från din ankomst.",
        ),
        (
            "You can book a time for EU registration here.",
            "Voit varata ajan EU-rekisteröintiin täältä.",
            "Du kan boka tid för EU-registrering här.",
        ),
    ),
    "book_migri": (
        (
            "Book a time with the Finnish Immigration Service before you go.",
            "Varaa aika Maahanmuuttovirastoon, ennen kuin menet.",
            "Boka tid hos Migrationsverket innan du går dit.",
        ),
        None,
    ),
    "own_authority": (
        (
            "Your home municipality has its own employment authority. The city's advisers help you to find it.",
            "Kotikunnallasi on oma työllisyysviranomainen. Kaupungin neuvojat auttavat sinua löytämään sen.",
            "Din hemkommun har en egen sysselsättningsmyndighet. Stadens rådgivare hjälper dig att hitta den.",
        ),
        None,
    ),
    "employer_applies": (
        (
            "Usually the employer applies for the A1 certificate.",
            "Yleensä työnantaja hakee A1-todistusta.",
            "Vanligen ansöker arbetsgivaren om A1-intyget.",
        ),
        None,
    ),
}
"""What to know, and what to do about it."""
