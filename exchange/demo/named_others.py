"""The other named cases of the demo, and the people who make searching hard."""

from dataclasses import replace
from datetime import date

from rules.facts import GroundFacts
from rules.vocabulary import (
    AliasKind,
    Disposal,
    EndReason,
    Handling,
    KeyDateKind,
    Level,
    OrderKind,
    Whereabouts,
)

from .days import Days, years_before
from .grounds import registered, sentenced
from .named_cases import aged
from .people import Dated, Met, Opened, Person, Stay, Step

_COMMUNITY, _CUSTODY = Whereabouts.COMMUNITY, Whereabouts.CUSTODY
_ONE, _TWO = Level.ONE, Level.TWO
_PLOVER, _WREN = ("laura.plover@example.org", "police"), ("sam.wren@example.org", "police")
_DUNNOCK = ("priya.dunnock@example.org", "pdu-city")
_REDSTART = ("tunde.redstart@example.org", "yjs-city")
_GOOSANDER = ("anna.goosander@example.org", "healthcare-trust")


def _at_level_1(
    day: Days,
    who: tuple[str, str, int, int],
    panel: str,
    lead: str,
    ground: GroundFacts,
    *,
    stays: list[Stay] | None = None,
    **rest: object,
) -> Person:
    given, family, years, offset = who
    return Person(
        given,
        family,
        aged(day, years, offset),
        panel,
        lead,
        [ground],
        [Step(_ONE, ground.starts_on)],
        stays or [Stay(_COMMUNITY, ground.starts_on)],
        district=panel,
        **rest,  # type: ignore[arg-type]
    )


def _new(day: Days) -> list[Person]:
    galena = Person(
        "Marcus", "Galena", aged(day, 34, 130), "Erewash", "probation",
        [sentenced(day(-700), day(980), "wounding-with-intent", months=60)], [],
        [Stay(_CUSTODY, day(-700), "HMP Nottingham")], officer=_DUNNOCK, district="Erewash",
        dates=(Dated(KeyDateKind.EARLIEST_RELEASE, day(150)),), agencies=("omu-nottingham", "housing-erewash"),
    )  # fmt: skip
    pumice = Person(
        "Kai", "Pumice", aged(day, 15, 60), "County-wide", "yjs-city",
        [sentenced(day(-40), day(560), "robbery", disposal=Disposal.DETENTION_250)], [],
        [Stay(_CUSTODY, day(-40), "Secure children's home")], officer=_REDSTART, district="Erewash",
        dates=(Dated(KeyDateKind.EARLIEST_RELEASE, day(200)),), agencies=("county-children",),
    )  # fmt: skip
    return [galena, pumice]


def _level_1(day: Days) -> list[Person]:
    community_order = registered(
        date(2019, 5, 20), None, "sexual-assault", disposal=Disposal.COMMUNITY_ORDER, order=OrderKind.SHPO
    )
    return [
        _at_level_1(
            day, ("Owen", "Dolomite", 41, 33), "Amber Valley", "police", community_order, officer=_WREN,
            agencies=("county-children",),
        ),
        _at_level_1(
            day, ("Ruth", "Pyrite", 46, 280), "Amber Valley", "healthcare-trust",
            sentenced(date(2018, 4, 9), None, "arson", disposal=Disposal.HOSPITAL_ORDER_RESTRICTED),
            stays=[Stay(Whereabouts.HOSPITAL, date(2018, 4, 9), "Harrier Ward"), Stay(_COMMUNITY, day(-347))],
            officer=_GOOSANDER, readers=(Opened("meg.whimbrel@example.org", day(-347), reason="Social supervisor."),),
        ),
        _at_level_1(
            day, ("Warren", "Ochre", 55, 160), "Chesterfield", "police",
            registered(date(2020, 10, 5), None, "sexual-activity-child", months=48),
            handling=Handling.RESTRICTED, officer=_PLOVER,
            readers=tuple(
                Opened(holder, date(2024, 1, 8), reason="Named reader.")
                for holder in ("helen.curlew@example.org", "laura.plover@example.org")
            ),
        ),
        _at_level_1(
            day, ("Dennis", "Fluorspar", 63, 50), "South Derbyshire", "police",
            registered(years_before(day(-30), 15), None, "sexual-assault", months=60), officer=_PLOVER,
        ),
        _at_level_1(
            day, ("Gavin", "Serpentine", 35, 5), "High Peak", "pdu-city",
            sentenced(
                day(-23), day(525), "coercive-behaviour", disposal=Disposal.SUSPENDED_IMPRISONMENT, months=18,
                ended=EndReason.ORDER_ENDED,
            ),
            officer=_DUNNOCK,
        ),
        _at_level_1(
            day, ("Paul", "Ironstone", 51, 190), "Bolsover", "probation",
            sentenced(day(-800), day(700), "actual-bodily-harm"),
            stays=[Stay(_CUSTODY, day(-800)), Stay(_COMMUNITY, day(-300))], officer=_DUNNOCK,
        ),
    ]  # fmt: skip


def _gone(day: Days) -> list[Person]:
    died = day(-15)
    limonite = _at_level_1(
        day, ("Harold", "Limonite", 78, 222), "Derbyshire Dales", "police",
        registered(date(2015, 3, 2), died, "1956-indecent-assault-woman", months=60, ended=EndReason.DEATH),
        stays=[Stay(_COMMUNITY, date(2015, 3, 2)), Stay(Whereabouts.DEAD, died)],
    )  # fmt: skip
    kaolin = _at_level_1(
        day, ("Bruce", "Kaolin", 40, 75), "Erewash", "probation",
        sentenced(date(2024, 6, 10), day(400), "affray"),
        void=(day(-60), "Conviction quashed on appeal."),
    )  # fmt: skip
    kaolin.grounds = [replace(ground, voided=True) for ground in kaolin.grounds]
    marl_agate = Person(
        "Keith", "Marl-Agate", aged(day, 43, 110), "Derby City", "probation",
        [sentenced(day(-1300), day(600), "wounding")],
        [
            Step(_ONE, day(-690)),
            Step(_TWO, day(-282), "High risk of serious harm; several agencies must act together."),
            Step(_ONE, day(-58), "The plan holds with the lead agency."),
        ],
        [Stay(_CUSTODY, day(-1300)), Stay(_COMMUNITY, day(-650))], district="Derby City", officer=_DUNNOCK,
        met=(Met(day(-282), _TWO), Met(day(-170), _TWO), Met(day(-58), _TWO)),
    )  # fmt: skip
    malachite = Person(
        "Idris", "Malachite", aged(day, 48, 65), "", "",
        [registered(date(2019, 9, 9), None, "sexual-assault", months=48)],
        [Step(_ONE, date(2020, 1, 6)), Step(_TWO, day(-200), "High risk; several agencies must act together.")],
        [Stay(_CUSTODY, date(2019, 9, 9)), Stay(_COMMUNITY, day(-260))], area="south-yorkshire",
        met=(Met(day(-90), _TWO),),
    )  # fmt: skip
    return [limonite, kaolin, marl_agate, malachite]


def _hard_to_find(day: Days) -> list[Person]:
    """Sound-alikes, two men of one name born the same day, and one man entered twice."""

    def registrant(given: str, family: str, born: date, panel: str, since: date, **rest: object) -> Person:
        return Person(
            given, family, born, panel, "police", [registered(since, None, "sexual-assault", months=48)],
            [Step(_ONE, since)], [Stay(_COMMUNITY, since)], district=panel, **rest,  # type: ignore[arg-type]
        )  # fmt: skip

    return [
        registrant("Marek", "Galina", date(1988, 4, 4), "Derby City", date(2018, 7, 2)),
        registrant("Mark", "Gallena", date(1979, 1, 17), "Chesterfield", date(2019, 2, 18)),
        registrant("Luke", "Shale", date(1990, 9, 12), "Erewash", date(2021, 6, 14)),
        registrant("Lucas", "Shayle", date(1983, 3, 25), "High Peak", date(2017, 11, 6)),
        registrant("Steven", "Maule", date(1995, 12, 8), "Bolsover", date(2020, 1, 27)),
        registrant("David", "Schist", date(1974, 6, 19), "Derby City", date(2016, 5, 9)),
        registrant("David", "Schist", date(1974, 6, 19), "Amber Valley", date(2019, 8, 5)),
        Person(
            "Kieron", "Tuffer", aged(day, 33, 120), "Bolsover", "probation",
            [sentenced(day(-1500), day(26), "stalking-fear-of-violence", months=50)],
            [Step(_ONE, day(-690))], [Stay(_CUSTODY, day(-1500)), Stay(_COMMUNITY, day(-680))],
            district="Bolsover", has_pnc=False, aliases=((AliasKind.NICKNAME, "Tuff", ""),),
        ),
    ]  # fmt: skip


def others(day: Days) -> list[Person]:
    """Cases 1, 2, 22, 24, 29 and 31 to 36 that have a record, the man of the serious further offence, the doubles."""
    return [*_new(day), *_level_1(day), *_gone(day), *_hard_to_find(day)]
