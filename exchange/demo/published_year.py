"""The 35 people at Level 2 or 3 in 2022-23, invented so that the published yearly table comes out.

Source of the figures: Derbyshire MAPPA Annual Report 2022-23. All days are fixed; none depends on the day of loading.
What became of them after 31 March 2023 is invented: nobody here is at Level 2 or 3 after March 2024.
"""

from dataclasses import replace
from datetime import date

from rules.facts import GroundFacts
from rules.vocabulary import DecidingBody, Disposal, EndReason, Level, Sex, Whereabouts

from .grounds import dangerous, registered, sentenced
from .people import Met, Person, Stay, Step

_COMMUNITY, _CUSTODY, _RECALLED = Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.RECALLED
_ONE, _TWO, _THREE = Level.ONE, Level.TWO, Level.THREE
_MEETING = DecidingBody.MEETING
_CAPACITY = "Repeated violence in the home with lasting injury."
_CURRENT = "New relationship, drinking again; police, housing and children's services must act together."


def _person(
    given: str,
    family: str,
    born: date,
    panel: str,
    grounds: list[GroundFacts],
    steps: list[Step],
    stays: list[Stay],
    *,
    lead: str = "probation",
    sex: Sex = Sex.MALE,
    met: tuple[Met, ...] = (),
) -> Person:
    return Person(given, family, born, panel, lead, grounds, steps, stays, sex=sex, met=met, district=panel)


def _two_then_one(until: date) -> list[Step]:
    return [
        Step(_ONE, date(2020, 3, 2)),
        Step(_TWO, date(2021, 11, 9), "Several agencies must act together."),
        Step(_ONE, until, "The plan holds with the lead agency.", _MEETING),
    ]


def _at_large_then_back(*days: date) -> list[Stay]:
    kinds = [_CUSTODY, _COMMUNITY, _RECALLED, _COMMUNITY]
    return [Stay(kind, day) for kind, day in zip(kinds, (date(2018, 5, 14), date(2020, 2, 3), *days), strict=False)]


def _category_1() -> list[Person]:
    sentence = date(2018, 5, 14)

    def registration() -> GroundFacts:
        return registered(sentence, None, "sexual-assault", months=48)

    return [
        _person(
            "Victor",
            "Obsidian",
            date(1979, 8, 21),
            "Derby City",
            [registered(date(2019, 6, 3), None, "rape", disposal=Disposal.EXTENDED, months=96)],
            [
                Step(_ONE, date(2022, 9, 5)),
                Step(_TWO, date(2022, 11, 14), "Several agencies must act together."),
                Step(_THREE, date(2023, 3, 28), "Senior people must commit resources; press interest."),
                Step(_TWO, date(2023, 9, 12), "Senior resources are no longer needed.", _MEETING),
                Step(_ONE, date(2024, 3, 5), "The plan holds with the lead agency.", _MEETING),
            ],
            [Stay(_CUSTODY, date(2019, 6, 3)), Stay(_COMMUNITY, date(2022, 10, 10))],
            met=(
                Met(date(2022, 11, 14), _TWO),
                Met(date(2023, 3, 28), _TWO),
                Met(date(2023, 5, 16), _THREE),
                Met(date(2023, 7, 11), _THREE),
                Met(date(2023, 9, 12), _THREE),
                Met(date(2023, 12, 19), _TWO),
                Met(date(2024, 3, 5), _TWO),
            ),
        ),
        _person(
            "Barry",
            "Andesite",
            date(1971, 2, 11),
            "Chesterfield",
            [registration()],
            _two_then_one(date(2023, 8, 15)),
            _at_large_then_back(),
        ),
        _person(
            "Emlyn",
            "Gneiss",
            date(1966, 7, 30),
            "Amber Valley",
            [registration()],
            _two_then_one(date(2023, 10, 4)),
            _at_large_then_back(),
        ),
        _person(
            "Rashid",
            "Azurite",
            date(1984, 12, 1),
            "Derby City",
            [registration()],
            _two_then_one(date(2023, 11, 21)),
            _at_large_then_back(date(2022, 7, 11), date(2022, 12, 5)),
        ),
        _person(
            "Trevor",
            "Dolerite",
            date(1975, 4, 18),
            "Erewash",
            [registration()],
            _two_then_one(date(2024, 2, 13)),
            _at_large_then_back(date(2022, 10, 3), date(2023, 8, 7)),
        ),
        _person(
            "Patryk",
            "Whinstone",
            date(1989, 9, 9),
            "Bolsover",
            [registration()],
            _two_then_one(date(2023, 12, 12)),
            _at_large_then_back(date(2023, 2, 13), date(2023, 9, 25)),
        ),
        _person(
            "Lloyd",
            "Magnetite",
            date(1981, 1, 27),
            "High Peak",
            [registration()],
            _two_then_one(date(2023, 1, 17)),
            _at_large_then_back(date(2022, 5, 9), date(2022, 9, 12)),
        ),
        _person(
            "Clive",
            "Oolite",
            date(1958, 10, 5),
            "South Derbyshire",
            [registration()],
            _two_then_one(date(2022, 8, 23)),
            _at_large_then_back(),
        ),
    ]


def _category_2() -> list[Person]:
    stays = _at_large_then_back()

    def licence(until: date, offence: str = "wounding-with-intent") -> GroundFacts:
        return sentenced(date(2018, 5, 14), until, offence)

    people = [
        _person(
            "Damian",
            "Sphalerite",
            date(1983, 3, 3),
            "Derby City",
            [licence(date(2026, 1, 20))],
            [
                Step(_ONE, date(2020, 3, 2)),
                Step(_THREE, date(2021, 12, 7), "Senior people must commit resources.", DecidingBody.REFERRAL_PANEL),
                Step(_TWO, date(2023, 1, 18), "Senior resources are no longer needed.", _MEETING),
                Step(_ONE, date(2023, 9, 19), "The plan holds with the lead agency.", _MEETING),
            ],
            list(stays),
        )
    ]
    until_march = [
        ("Ciaran", "Stibnite", date(1990, 6, 14), "Amber Valley", date(2023, 7, 25), "robbery"),
        ("Jamal", "Cuprite", date(1992, 2, 28), "Derby City", date(2023, 9, 5), "actual-bodily-harm"),
        ("Piotr", "Hornfels", date(1987, 11, 19), "Chesterfield", date(2023, 10, 17), "arson"),
        ("Gareth", "Idocrase", date(1978, 5, 6), "High Peak", date(2024, 1, 30), "threats-to-kill"),
    ]
    for given, family, born, panel, stepped, offence in until_march:
        people.append(
            _person(
                given, family, born, panel, [licence(date(2025, 11, 3), offence)], _two_then_one(stepped), list(stays)
            )
        )
    stepped_down = [
        ("Samir", "Kyanite", date(1985, 8, 8), "Derby City", date(2022, 6, 21)),
        ("Owain", "Lazurite", date(1972, 12, 24), "Derbyshire Dales", date(2022, 10, 12)),
        ("Dominik", "Natrolite", date(1994, 4, 2), "Erewash", date(2023, 2, 7)),
    ]
    for given, family, born, panel, stepped in stepped_down:
        people.append(
            _person(given, family, born, panel, [licence(date(2024, 9, 16))], _two_then_one(stepped), list(stays))
        )
    for given, family, born, panel, end in (
        ("Neil", "Muscovite", date(1969, 1, 13), "Bolsover", date(2022, 9, 1)),
        ("Kamil", "Perlite", date(1991, 7, 7), "Chesterfield", date(2022, 12, 20)),
    ):
        people.append(
            _person(
                given,
                family,
                born,
                panel,
                [licence(end)],
                [Step(_ONE, date(2020, 3, 2)), Step(_TWO, date(2021, 11, 9), "Several agencies must act together.")],
                list(stays),
            )
        )
    people.append(
        _person(
            "Steven",
            "Realgar",
            date(1986, 10, 10),
            "Derby City",
            [licence(date(2025, 5, 13))],
            _two_then_one(date(2024, 2, 27)),
            [
                Stay(_CUSTODY, date(2018, 5, 14)),
                Stay(_COMMUNITY, date(2020, 2, 3)),
                Stay(Whereabouts.REMAND, date(2022, 12, 12)),
                Stay(_COMMUNITY, date(2023, 7, 3)),
            ],
        )
    )
    return people


def _category_2_then_3() -> list[Person]:
    sentence = date(2018, 5, 14)
    return [
        _person(
            "Brian",
            "Selenite",
            date(1980, 3, 17),
            "North East Derbyshire",
            [
                sentenced(sentence, date(2022, 9, 30), "stalking-fear-of-violence"),
                dangerous(date(2022, 10, 1), date(2023, 11, 14), "Stalking", sentence, _CAPACITY, _CURRENT),
            ],
            [
                Step(_ONE, date(2020, 3, 2)),
                Step(_TWO, date(2021, 11, 9), "Several agencies must act together."),
            ],
            _at_large_then_back(),
        ),
        _person(
            "Shane",
            "Tremolite",
            date(1988, 6, 25),
            "South Derbyshire",
            [
                sentenced(sentence, date(2022, 6, 15), "actual-bodily-harm"),
                dangerous(date(2022, 6, 16), date(2023, 2, 8), "Assault", sentence, _CAPACITY, _CURRENT),
            ],
            [
                Step(_ONE, date(2020, 3, 2)),
                Step(_TWO, date(2021, 11, 9), "Several agencies must act together."),
            ],
            _at_large_then_back(),
        ),
    ]


def _category_3() -> list[Person]:
    convicted = date(2021, 2, 16)

    def accepted(
        given: str,
        family: str,
        born: date,
        panel: str,
        since: date,
        until: date,
        *,
        steps: list[Step] | None = None,
        stays: list[Stay] | None = None,
        ended: EndReason = EndReason.LEVEL_2_3_ENDED,
    ) -> Person:
        ground = dangerous(since, until, "Common assault, four convictions", convicted, _CAPACITY, _CURRENT)
        return _person(
            given,
            family,
            born,
            panel,
            [replace(ground, end_reason=ended)],
            steps or [Step(_TWO, since, "Several agencies must act together.")],
            stays or [Stay(_COMMUNITY, date(2021, 2, 16))],
            lead="probation",
        )

    people = [
        accepted("Delroy", "Vesuvianite", date(1990, 1, 5), "Derby City", date(2022, 1, 11), date(2024, 1, 23)),
        accepted(
            "Padraig",
            "Wolframite",
            date(1985, 5, 29),
            "Chesterfield",
            date(2022, 2, 8),
            date(2023, 12, 5),
            stays=[
                Stay(_COMMUNITY, date(2021, 2, 16)),
                Stay(_RECALLED, date(2022, 11, 21)),
                Stay(_COMMUNITY, date(2023, 6, 19)),
            ],
        ),
        accepted(
            "Marcin",
            "Zeolite",
            date(1993, 9, 2),
            "Erewash",
            date(2022, 6, 14),
            date(2022, 12, 13),
            steps=[
                Step(_THREE, date(2022, 6, 14), "Senior people must commit resources.", DecidingBody.REFERRAL_PANEL),
                Step(_TWO, date(2022, 9, 6), "Senior resources are no longer needed.", _MEETING),
            ],
        ),
    ]
    ended = [
        ("Courtney", "Albite", date(1991, 3, 12), "Derby City", date(2021, 9, 7), date(2022, 4, 26)),
        ("Rhodri", "Bornite", date(1982, 8, 15), "Amber Valley", date(2021, 10, 5), date(2022, 5, 17)),
        ("Mihai", "Crocoite", date(1987, 12, 30), "Chesterfield", date(2021, 11, 2), date(2022, 6, 28)),
        ("Kevin", "Diopside", date(1976, 6, 6), "Erewash", date(2021, 12, 14), date(2022, 7, 19)),
        ("Errol", "Epidote", date(1995, 2, 20), "Bolsover", date(2022, 1, 18), date(2022, 9, 13)),
        ("Hassan", "Goethite", date(1989, 10, 23), "Derby City", date(2022, 3, 15), date(2022, 10, 25)),
        ("Dewi", "Howlite", date(1979, 4, 9), "High Peak", date(2022, 4, 12), date(2022, 11, 15)),
        ("Florin", "Iolite", date(1992, 7, 31), "North East Derbyshire", date(2022, 5, 10), date(2023, 1, 24)),
        ("Eamon", "Jadeite", date(1984, 11, 11), "South Derbyshire", date(2022, 7, 5), date(2023, 3, 14)),
    ]
    people += [accepted(*row) for row in ended]
    died, imprisoned = date(2022, 8, 30), date(2023, 2, 21)
    people.append(
        accepted(
            "Winston",
            "Kunzite",
            date(1961, 5, 24),
            "Derby City",
            date(2022, 2, 22),
            died,
            stays=[Stay(_COMMUNITY, date(2021, 2, 16)), Stay(Whereabouts.DEAD, died)],
            ended=EndReason.DEATH,
        )
    )
    people.append(
        accepted(
            "Bogdan",
            "Monzonite",
            date(1996, 1, 8),
            "Chesterfield",
            date(2022, 8, 9),
            imprisoned,
            stays=[Stay(_COMMUNITY, date(2021, 2, 16)), Stay(_CUSTODY, imprisoned)],
        )
    )
    return people


def people_of_the_published_year() -> list[Person]:
    """H01 to H35 of the demo's specification, in order."""
    return [*_category_1(), *_category_2(), *_category_2_then_3(), *_category_3()]
