"""The named cases of Level 2 and 3 on the day of loading: each one shows something that the system must not miss."""

from datetime import date

from rules.facts import GroundFacts
from rules.vocabulary import Disposal, Handling, KeyDateKind, Level, Sex, Whereabouts

from .days import Days, years_before
from .grounds import dangerous, registered, sentenced, terrorist
from .people import Dated, Met, Opened, Person, Stay, Step

_COMMUNITY, _CUSTODY, _RECALLED = Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.RECALLED
_ONE, _TWO, _THREE = Level.ONE, Level.TWO, Level.THREE
_ADDED_VALUE = "High risk of serious harm; several agencies must act together."
_SENIOR = "Senior people must commit resources at short notice."
_PLOVER, _WREN = ("laura.plover@example.org", "police"), ("sam.wren@example.org", "police")
_DUNNOCK = ("priya.dunnock@example.org", "pdu-city")
_REDSTART = ("tunde.redstart@example.org", "yjs-city")
_GOOSANDER = ("anna.goosander@example.org", "healthcare-trust")


def aged(day: Days, years: int, offset: int) -> date:
    """A birth date of somebody of that age on the day of loading."""
    return years_before(day(-offset), years)


def _two_since(day: Days, opened: date, since: int) -> list[Step]:
    """Screened at Level 1 soon after status opened, at Level 2 since some days ago."""
    return [Step(_ONE, max(opened, day(-690))), Step(_TWO, day(-since), _ADDED_VALUE)]


def _city_officer(panel: str) -> tuple[str, str] | None:
    return _DUNNOCK if panel == "Derby City" else None


def _free(day: Days, opened: int) -> list[Stay]:
    """In custody from sentence to 680 days ago, in the community since."""
    return [Stay(_CUSTODY, day(-opened)), Stay(_COMMUNITY, day(-680))]


def _registrant(
    day: Days,
    who: tuple[str, str, int, int],
    panel: str,
    last: int,
    *,
    until: int | None,
    officer: tuple[str, str],
    offence: str = "sexual-assault",
    more: list[GroundFacts] | None = None,
    next_on: date | None = None,
    **rest: object,
) -> Person:
    given, family, years, offset = who
    opened = day(-1500)
    ends = day(until) if until is not None else None
    months = 24 if until is not None else 48
    if until is not None:
        opened = years_before(day(until), 10)
    ground = registered(opened, ends, offence, months=months)
    return Person(
        given,
        family,
        aged(day, years, offset),
        panel,
        "police",
        [ground, *(more or [])],
        _two_since(day, opened, last + 112),
        [Stay(_CUSTODY, opened), Stay(_COMMUNITY, day(-680))],
        officer=officer,
        district=panel,
        met=(Met(day(-last - 112), _TWO), Met(day(-last), _TWO, next_on)),
        **rest,  # type: ignore[arg-type]
    )


def category_1(day: Days) -> list[Person]:
    """Cases 6, 7, 10, 11, 16 and 17: registrants at Level 2 in the community."""
    return [
        _registrant(
            day, ("Peter", "Barytes", 52, 40), "Chesterfield", 119, until=None, officer=_PLOVER,
            agencies=("probation", "housing-chesterfield"),
        ),
        _registrant(
            day, ("Craig", "Feldspar", 45, 100), "High Peak", 105, until=None, officer=_PLOVER,
            agencies=("probation", "housing-high-peak"),
        ),
        _registrant(
            day, ("Ryan", "Calcite", 49, 210), "North East Derbyshire", 67, until=80, officer=_PLOVER,
            agencies=("probation", "housing-north-east-derbyshire"),
        ),
        _registrant(
            day, ("Liam", "Bluejohn", 36, 150), "Derbyshire Dales", 21, until=None, officer=_WREN,
            more=[sentenced(day(-1500), day(40), "sexual-assault", months=48)],
            dates=(Dated(KeyDateKind.LICENCE_END, day(40)),), agencies=("probation", "county-adults"),
        ),
        _registrant(
            day, ("Wayne", "Chert", 57, 300), "Chesterfield", 90, until=None, officer=_PLOVER, no_fixed_abode=True,
            next_on=day.working(8),
            agencies=("probation", "housing-chesterfield"),
        ),
        _registrant(
            day, ("Colin", "Basalt", 61, 11), "High Peak", 73, until=None, officer=_PLOVER,
            offence="sexual-activity-child", agencies=("probation", "county-children"),
        ),
    ]  # fmt: skip


def again_at_level_3(day: Days, victor: Person) -> Person:
    """Case 19: Victor Obsidian of the published year, at Level 2 again and then at Level 3."""
    victor.steps += [
        Step(_TWO, day(-210), _ADDED_VALUE),
        Step(_THREE, day(-105), _SENIOR),
    ]
    victor.met += (Met(day(-210), _TWO), Met(day(-105), _TWO), Met(day(-49), _THREE, day.working(4, not_after=day(7))))
    victor.lead = "police"
    victor.officer = _PLOVER
    victor.agencies = ("probation", "prisons", "city-children", "city-adults", "housing-derby-city", "healthcare-trust")
    return victor


def _licensee(
    day: Days,
    who: tuple[str, str, int, int],
    panel: str,
    last: int,
    offence: str,
    *,
    until: int,
    stays: list[Stay] | None = None,
    first: int | None = None,
    next_on: date | None = None,
    **rest: object,
) -> Person:
    given, family, years, offset = who
    rest.setdefault("officer", _city_officer(panel))
    since = last + 112 if first is None else first
    met = (Met(day(-since), _TWO),) if since > last else ()
    return Person(
        given,
        family,
        aged(day, years, offset),
        panel,
        "probation",
        [sentenced(day(-1500), day(until), offence)],
        _two_since(day, day(-1500), since),
        stays or _free(day, 1500),
        district=panel,
        met=(*met, Met(day(-last), _TWO, next_on)),
        **rest,  # type: ignore[arg-type]
    )


def category_2(day: Days) -> list[Person]:
    """Cases 5, 8, 9, 14, 15, 18 and 21: in the community at Level 2 until licence or order ends."""
    spar_last = (day.today - day.working(-14)).days
    lodge = [
        Stay(_CUSTODY, day(-1500)),
        Stay(Whereabouts.APPROVED_PREMISES, day(-41), "Limestone Way Lodge"),
    ]
    licence_ends = (Dated(KeyDateKind.LICENCE_END, day(26)),)
    return [
        _licensee(
            day, ("Adam", "Gritstone", 38, 77), "Derby City", 55, "wounding-with-intent", until=700, stays=lodge,
            next_on=day.working(0),
            first=55, agencies=("police", "housing-derby-city", "derby-homes", "city-adults"),
        ),
        _licensee(
            day, ("Yusuf", "Onyx", 27, 200), "South Derbyshire", 91, "robbery", until=600, next_on=day.working(13),
            agencies=("police", "housing-south-derbyshire"),
        ),
        _licensee(
            day, ("Kieran", "Tufa", 33, 120), "Bolsover", 95, "stalking-fear-of-violence", until=26, dates=licence_ends,
            next_on=day.working(12, not_after=day(17)),
            agencies=("police", "housing-bolsover", "victim-unit"),
        ),
        _licensee(
            day, ("Nadia", "Spar", 30, 66), "Amber Valley", spar_last, "child-cruelty", until=500, sex=Sex.FEMALE,
            agencies=("police", "county-children", "housing-amber-valley"),
        ),
        _licensee(
            day, ("Tomasz", "Flint", 35, 180), "Derby City", 98, "wounding", until=640, next_on=day.working(0),
            agencies=("police", "immigration", "tagging", "housing-derby-city"),
        ),
        _licensee(
            day, ("Simon", "Agate", 28, 90), "Bolsover", 60, "aggravated-burglary", until=550, next_on=day.working(12),
            stays=[Stay(_CUSTODY, day(-1500)), Stay(_COMMUNITY, day(-70))], first=60,
            agencies=("police", "housing-bolsover"),
        ),
        Person(
            "Jayden", "Quartz", aged(day, 17, 235), "County-wide", "yjs-city",
            [sentenced(day(-600), day(420), "robbery", disposal=Disposal.DETENTION_250)],
            [Step(_ONE, day(-580)), Step(_TWO, day(-192), _ADDED_VALUE)],
            [Stay(_CUSTODY, day(-600), "Young offender institution"), Stay(_COMMUNITY, day(-230))],
            officer=_REDSTART, district="Derby City", met=(Met(day(-192), _TWO), Met(day(-80), _TWO, day.working(25))),
            agencies=("police", "city-children", "city-education", "probation"),
        ),
    ]  # fmt: skip


def _decided(
    day: Days,
    who: tuple[str, str, int, int],
    panel: str,
    since: int,
    last: int | None,
    *,
    next_on: date | None = None,
    **rest: object,
) -> Person:
    given, family, years, offset = who
    ground = dangerous(
        day(-since),
        None,
        "Common assault, three convictions; breach of a non-molestation order, twice",
        day(-since - 60),
        "The assaults grew in violence over three relationships.",
        "A new partner, and four conferences on domestic abuse in a year: several agencies must act together.",
    )
    stays = rest.pop("stays", None) or [Stay(_COMMUNITY, day(-since - 60))]
    grounds = [*rest.pop("before", []), ground]  # type: ignore[misc]
    earlier = rest.pop("earlier", None)
    met = () if last is None else (Met(day(-last), _TWO, next_on),)
    return Person(
        given,
        family,
        aged(day, years, offset),
        panel,
        "probation",
        grounds,
        earlier or [Step(_TWO, day(-since), _ADDED_VALUE)],  # type: ignore[arg-type]
        stays,  # type: ignore[arg-type]
        officer=_city_officer(panel),
        district=panel,
        met=met,
        **rest,  # type: ignore[arg-type]
    )


def category_3(day: Days) -> list[Person]:
    """Cases 3, 12, 13 and 26: a decision of the Responsible Authority, never at Level 1."""
    jasper_before = sentenced(day(-1400), day(-150), "actual-bodily-harm")
    return [
        _decided(
            day, ("Stefan", "Marl", 29, 45), "Chesterfield", 9, None,
            agencies=("police", "housing-chesterfield", "county-children", "victim-unit"),
        ),
        _decided(
            day, ("Graham", "Slate", 44, 260), "Erewash", 194, 82,
            excluded=(("chris.yaffle@example.org", "Neighbour of the person."),),
            agencies=("police", "housing-erewash", "county-children"),
        ),
        _decided(
            day, ("Anton", "Jasper", 31, 310), "Derby City", 149, 84, next_on=day.working(0),
            before=[jasper_before], stays=_free(day, 1400),
            earlier=[Step(_ONE, day(-690)), Step(_TWO, day(-308), _ADDED_VALUE)],
            agencies=("police", "housing-derby-city"),
        ),
        _decided(
            day, ("Shaun", "Lignite", 42, 20), "Erewash", 242, 130,
            stays=[
                Stay(_COMMUNITY, day(-302)), Stay(_RECALLED, day(-100), "HMP Nottingham"), Stay(_COMMUNITY, day(-5)),
            ],
            agencies=("police", "housing-erewash", "omu-nottingham"),
        ),
    ]  # fmt: skip


def detained_or_at_large(day: Days) -> list[Person]:
    """Cases 20, 23, 25, 27 and 30: Level 2 or 3, and not in the community."""
    hematite = _licensee(
        day, ("Dean", "Hematite", 39, 140), "Derby City", 40, "wounding-with-intent", until=1500,
        stays=[Stay(_CUSTODY, day(-1500), "HMP Ranby")], first=40, dates=(Dated(KeyDateKind.RELEASE, day(60)),),
        agencies=("police", "omu-ranby", "victim-unit"),
    )  # fmt: skip
    hematite.grounds = [sentenced(day(-1500), day(1500), "wounding-with-intent", disposal=Disposal.EXTENDED)]
    hematite.steps = [
        Step(_ONE, day(-690)),
        Step(_TWO, day(-152), _ADDED_VALUE),
        Step(_THREE, day(-96), _SENIOR),
    ]
    hematite.met = (Met(day(-152), _TWO), Met(day(-96), _TWO), Met(day(-40), _THREE, day.working(20)))
    hematite.panel = "Derby City"
    travertine = Person(
        "Alan", "Travertine", aged(day, 50, 25), "Derby City", "healthcare-trust",
        [
            sentenced(
                day(-1300), None, "wounding-with-intent", disposal=Disposal.HOSPITAL_ORDER_RESTRICTED,
            )
        ],
        [Step(_ONE, day(-1300)), Step(_TWO, day(-187), _ADDED_VALUE)],
        [Stay(Whereabouts.HOSPITAL, day(-1300), "Harrier Ward")],
        officer=_GOOSANDER, district="Derby City", met=(Met(day(-187), _TWO), Met(day(-75), _TWO)),
        dates=(Dated(KeyDateKind.TRIBUNAL, day(34)),), agencies=("police", "probation", "victim-unit"),
        readers=(Opened("meg.whimbrel@example.org", day(-187), reason="Social supervisor."),),
    )  # fmt: skip
    anthracite = _registrant(
        day, ("Lee", "Anthracite", 37, 170), "North East Derbyshire", 60, until=None, officer=_WREN,
        agencies=("probation", "housing-north-east-derbyshire"),
    )  # fmt: skip
    anthracite.stays.append(Stay(_RECALLED, day(-12), "HMP Nottingham"))
    cinnabar = _licensee(
        day, ("Rhys", "Cinnabar", 26, 250), "Bolsover", 50, "robbery", until=480,
        stays=[*_free(day, 1500), Stay(Whereabouts.UNLAWFULLY_AT_LARGE, day(-8))],
        agencies=("police", "victim-unit"),
    )  # fmt: skip
    rutile = Person(
        "Conor", "Rutile", aged(day, 32, 99), "Derby City", "probation",
        [sentenced(day(-900), day(900), "wounding-with-intent")],
        [Step(_TWO, day(-30), _ADDED_VALUE)],
        [Stay(_CUSTODY, day(-900), "HMP Nottingham")],
        officer=_DUNNOCK, district="Derby City", dates=(Dated(KeyDateKind.RELEASE, day(70)),),
        agencies=("police", "omu-nottingham", "housing-derby-city"),
    )  # fmt: skip
    return [hematite, travertine, anthracite, cinnabar, rutile]


def hidden(day: Days) -> Person:
    """Case 28: Category 4, seen by nobody without the right."""
    from_day, to_day = date(2020, 3, 9), day(300)
    return Person(
        "Nigel", "Gypsum", aged(day, 41, 15), "Derby City", "nsd",
        [terrorist(from_day, to_day, "Dissemination of terrorist publications")],
        [Step(_ONE, from_day), Step(_TWO, day(-150), "Managed by the National Security Division.")],
        [Stay(_CUSTODY, from_day), Stay(_COMMUNITY, date(2022, 11, 7))],
        handling=Handling.CATEGORY_4, district="Derby City", met=(Met(day(-60), _TWO, day.working(6)),),
        readers=tuple(
            Opened(holder, day(-400), reason="Cleared for Category 4.")
            for holder in ("alex.crake@example.org", "pat.goshawk@example.org")
        ),
    )  # fmt: skip


def level_2_and_3(day: Days) -> list[Person]:
    """All of the above but Victor Obsidian, who stands with the published year, and the hidden case."""
    return [*category_1(day), *category_2(day), *category_3(day), *detained_or_at_large(day)]
