"""Panels of the demo with members and chairs, the sittings ahead, and who is heard in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from agencies.models import Agency, Area, PanelArea, User
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal
from meetings.models import Panel, Sitting
from meetings.records import PanelRecord, Placing, SittingRecord
from meetings.services.invitations import set_invite_rule
from meetings.services.panels import add_room, allow_chair, name_member, set_up_panel
from meetings.services.sittings import generate_sittings, plan_sitting
from meetings.services.slots import place_person
from rules.vocabulary import ChairRole, Handling, InviteReason, Level, MeetingKind, Weekday

from .days import Days
from .places import COUNTY_WIDE, HOUSING

HELEN, IMRAN, ALEX = "helen.curlew@example.org", "imran.lapwing@example.org", "alex.crake@example.org"
JO = "jo.wagtail@example.org"
SINCE, PLACED, AHEAD = -800, -5, 56
LEVEL_3, CHILDREN, NSD = "Level 3", "Children", "NSD Category 4"
ROOM = "Meeting Room 1"
_CITY = ("police", "probation", "city-adults", "healthcare-trust", "jobcentre")
_COUNTY = ("police", "probation", "county-adults", "healthcare-trust", "jobcentre")


@dataclass(frozen=True)
class Usual:
    """A panel: when it usually sits, and its members beside the council's housing."""

    name: str
    weekday: Weekday = Weekday.TUESDAY
    ordinals: tuple[int, ...] = ()
    members: tuple[str, ...] = _COUNTY
    level: Level = Level.TWO


PANELS: tuple[Usual, ...] = (
    Usual("Derby City", Weekday.TUESDAY, (1, 3), _CITY),
    Usual("Chesterfield", Weekday.TUESDAY, (2,)),
    Usual("North East Derbyshire", Weekday.THURSDAY, (2,)),
    Usual("Amber Valley", Weekday.WEDNESDAY, (1,)),
    Usual("Erewash", Weekday.THURSDAY, (1,)),
    Usual("Bolsover", Weekday.WEDNESDAY, (2,)),
    Usual("High Peak", Weekday.THURSDAY, (3,)),
    Usual("Derbyshire Dales", Weekday.WEDNESDAY, (3,)),
    Usual("South Derbyshire", Weekday.WEDNESDAY, (4,)),
    Usual(COUNTY_WIDE),
    Usual(LEVEL_3, Weekday.TUESDAY, (4,), ("police", "probation", "prisons", "healthcare-trust"), Level.THREE),
    Usual(CHILDREN, members=("police", "probation", "county-children", "county-education")),
    Usual(NSD, members=("nsd", "ct-police")),
)


@dataclass(frozen=True)
class Heard:
    """Somebody in a sitting: from when, in which kind of meeting, what for."""

    family: str
    begins: time
    kind: MeetingKind = MeetingKind.REVIEW
    why: str = ""


@dataclass(frozen=True)
class Planned:
    """A sitting ahead with people in it. Without a panel it is a single meeting."""

    panel: str
    on: date
    chair: str
    heard: tuple[Heard, ...]

    @property
    def begins(self) -> time:
        return self.heard[0].begins


def planned(day: Days) -> Iterator[Planned]:
    """The sittings with people in them: on working days, and nobody later than their limit.

    One may fall on the same day as another, when a holiday moves it: whoever chairs several does so at other hours.
    """
    ten, eleven, twelve, one, two, three = (time(hour) for hour in (10, 11, 12, 13, 14, 15))
    yield Planned(
        "Derby City",
        day.working(0),
        HELEN,
        (
            Heard("Gritstone", ten, why="First review after release: his place at the lodge ends"),
            Heard("Flint", eleven, why="Review: deportation order, and his appeal"),
            Heard("Jasper", twelve, why="Review"),
            Heard("Rutile", time(13, 30), MeetingKind.INITIAL, "Where he lives when he is released"),
        ),
    )
    yield Planned(
        LEVEL_3,
        day.working(4, not_after=day(7)),
        IMRAN,
        (Heard("Obsidian", ten, why="Review: unsafe address, interest of the press"),),
    )
    yield Planned(NSD, day.working(6), ALEX, (Heard("Gypsum", ten, why="Review of the licence"),))
    yield Planned(
        "Chesterfield",
        day.working(8),
        HELEN,
        (
            Heard("Marl", ten, MeetingKind.INITIAL, "First meeting after acceptance in Category 3"),
            Heard("Chert", eleven, why="Review: still ours until the transfer is accepted"),
        ),
    )
    yield Planned(
        "Bolsover",
        day.working(12, not_after=day(17)),
        HELEN,
        (
            Heard("Tufa", one, why="His last ground ends: Category 3, or leave"),
            Heard("Agate", two, why="Step-down proposed, two actions open"),
        ),
    )
    yield Planned(
        "South Derbyshire", day.working(13), HELEN, (Heard("Onyx", three, why="Homeless soon: a place to live"),)
    )
    yield Planned(
        LEVEL_3,
        day.working(20),
        IMRAN,
        (Heard("Hematite", ten, MeetingKind.PRE_RELEASE, "Release plan of two forces, and the victim's objection"),),
    )
    yield Planned("", day.working(25), HELEN, (Heard("Quartz", ten, why="A child who becomes an adult soon"),))


class Sittings:
    """Writes panels, sittings and slots."""

    def __init__(
        self,
        by: Principal,
        day: Days,
        area: Area,
        agencies: Mapping[str, Agency],
        panel_areas: Mapping[str, PanelArea],
        users: Mapping[str, User],
    ) -> None:
        self.system, self.day, self.area = by, day, area
        self.agencies, self.panel_areas, self.users = agencies, panel_areas, users
        self.panels: dict[str, Panel] = {}

    def load(self) -> None:
        """Panels with members and chairs, who is heard, and the usual days of the coming weeks."""
        self.room = add_room(by=self.system, today=self.day(SINCE), area_id=self.area.pk, name=ROOM)
        for usual in PANELS:
            self._panel(usual)
        for email, role, panel in (
            (HELEN, ChairRole.COORDINATOR, None),
            (IMRAN, ChairRole.COORDINATOR, None),
            (ALEX, ChairRole.NATIONAL_SECURITY, NSD),
        ):
            allow_chair(
                by=self.system,
                today=self.day(SINCE),
                area_id=self.area.pk,
                user_id=self.users[email].pk,
                role=role,
                starts_on=self.day(SINCE),
                panel_id=self.panels[panel].pk if panel else None,
            )
        set_invite_rule(
            by=self.system, today=self.day(PLACED), area_id=self.area.pk, reason=InviteReason.DOMESTIC_ABUSE, kinds=[],
            agency_ids=[self.agencies["abuse-service"].pk],
        )  # fmt: skip
        for each in planned(self.day):
            self._planned(each)
        for usual in PANELS:
            if usual.ordinals:
                generate_sittings(
                    by=self.system,
                    today=self.day.today,
                    panel_id=self.panels[usual.name].pk,
                    until=self.day(AHEAD),
                )

    def _panel(self, usual: Usual) -> None:
        where = self.panel_areas.get(usual.name)
        name = where.name if where else usual.name
        record = PanelRecord(
            name=name,
            level=usual.level,
            begins=time(10),
            starts_on=self.day(SINCE),
            weekday=usual.weekday,
            ordinals=usual.ordinals,
            panel_area_id=where.pk if where else None,
            room_id=self.room.pk if usual.level is Level.THREE else None,
            join_link=f"https://meet.example.org/{name.lower().replace(' ', '-')}",
            national_security=usual.name == NSD,
        )
        panel = set_up_panel(by=self.system, today=self.day(SINCE), area_id=self.area.pk, panel=record)
        self.panels[usual.name] = panel
        housing = (HOUSING[usual.name],) if usual.name in HOUSING else ()
        for key in (*usual.members, *housing):
            name_member(
                by=self.system,
                today=self.day(SINCE),
                panel_id=panel.pk,
                agency_id=self.agencies[key].pk,
                starts_on=self.day(SINCE),
            )

    def _planned(self, each: Planned) -> None:
        panel = self.panels.get(each.panel)
        by = self.system if each.panel == NSD else self._jo()
        sitting = plan_sitting(
            by=by,
            today=self.day(PLACED),
            area_id=self.area.pk,
            sitting=SittingRecord(
                level=panel.level if panel else Level.TWO,  # type: ignore[arg-type]
                starts_at=_at(each.on, each.begins),
                slot_minutes=60,
                capacity=4 if panel else 1,
                panel_id=panel.pk if panel else None,
                chair_id=self.users[each.chair].pk,
                room_id=panel.room_id if panel else None,
                join_link=panel.join_link if panel else "https://meet.example.org/single",
            ),
        )
        for person in each.heard:
            self._place(person, sitting, by)

    def _place(self, person: Heard, sitting: Sitting, by: Principal) -> None:
        rows = Nominal.objects.filter(area=self.area, family_name=person.family)
        hidden = sitting.panel_id == self.panels[NSD].pk
        nominal = (rows if hidden else rows.exclude(handling=Handling.CATEGORY_4)).get()
        place_person(
            by=by,
            today=self.day(PLACED),
            nominal_id=nominal.pk,
            sitting_id=sitting.pk,
            placing=Placing(_at(sitting.sits_on, person.begins), person.kind, person.why),
        )

    def _jo(self) -> Principal:
        posts = self.users[JO].memberships.filter(role=Role.ADMINISTRATOR).order_by("pk")
        return Principal.for_membership(posts[0], on=self.day(PLACED))


def _at(on: date, begins: time) -> datetime:
    return timezone.make_aware(datetime.combine(on, begins))
