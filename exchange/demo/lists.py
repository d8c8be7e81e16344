"""Lists of the police in the demonstration: last month's, closed; this month's and one of actions, to work through."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal
from cases.queries import standing_grounds
from exchange.models import Extract
from exchange.services.extracts import add_extract, close_extract
from exchange.words import ListKind
from exchange.work import work_on
from meetings.models import Action
from rules.vocabulary import Handling, IdentifierKind, Whereabouts

from . import numbers
from .days import Days

BROUGHT_BEFORE = -21
# Headings as a force writes them, and the columns that they are recognised as.
HEADINGS: Mapping[str, str] = {
    "pnc": "PNC ID",
    "family_name": "Surname",
    "given_names": "Forenames",
    "date_of_birth": "DOB",
    "aliases": "Also known as",
    "ground": "Legal ground",
    "ground_start": "MAPPA start date",
    "offence": "Index offence",
    "outcome": "Outcome",
    "outcome_date": "Date of conviction",
    "disposal": "Sentence",
    "disposal_date": "Date of sentence",
    "term": "Sentence length",
    "whereabouts": "Whereabouts",
    "whereabouts_start": "There since",
    "place": "Establishment",
}
# Headings of the list of actions: as another office writes them.
ACTION_HEADINGS: Mapping[str, str] = {
    "pnc": "PNC ID",
    "family_name": "Surname",
    "date_of_birth": "DOB",
    "action": "Action agreed",
    "agency": "Action owner",
    "given_on": "Date given",
    "due_on": "Due date",
}
_NEW = (("Rhyolite", "Dennis", 1971), ("Dolerite", "Marion", 1984), ("Phyllite", "Craig", 1990))
_LISTED = 12

Cells = dict[str, str]


@dataclass(frozen=True)
class Lists:
    """The lists, as they are loaded after the register and its actions."""

    area: Area
    agency: Agency
    day: Days

    def load(self) -> Extract:
        """Bring them in as the unit's administrator; returns the open list of people."""
        post = Membership.objects.filter(area=self.area, role=Role.ADMINISTRATOR).order_by("pk").first()
        if post is None:
            raise LookupError("The demonstration has no administrator.")
        by, known = Principal.for_membership(post, on=self.day.today), self._known()
        before = self._brought(by, known)
        close_extract(by=by, today=self.day(BROUGHT_BEFORE), extract_id=before.pk)
        opened = self._brought(by, self._this_month(known))
        self._brought(by, self._actions(known), ListKind.ACTIONS)
        return opened

    def _brought(self, by: Principal, rows: Sequence[Cells], kind: ListKind = ListKind.PEOPLE) -> Extract:
        extract = add_extract(
            by=by,
            today=self.day.today,
            area=self.area,
            agency=self.agency,
            kind=kind,
            whole=True,
            content=as_table(rows, HEADINGS if kind is ListKind.PEOPLE else ACTION_HEADINGS),
        )
        work_on(extract.pk, today=self.day.today)
        extract.refresh_from_db()
        return extract

    def _known(self) -> list[Cells]:
        """People of the register whom the police lead: ordinary ones, in the community, under MAPPA today."""
        people = (
            Nominal.objects.filter(
                area=self.area,
                handling=Handling.ORDINARY,
                identifiers__kind=IdentifierKind.PNC,
                lead_agencies__agency=self.agency,
                lead_agencies__ends_on__isnull=True,
                pk__in=standing_grounds(self.day.today).values("nominal"),
                date_of_birth__isnull=False,
                whereabouts__kind=Whereabouts.COMMUNITY,
                whereabouts__ends_on__isnull=True,
                whereabouts__starts_on__lt=self.day(-60),
                family_name__contains="-",
            )
            .order_by("family_name", "given_names", "pk")
            .values_list("identifiers__value", "family_name", "given_names", "date_of_birth")
        )[:_LISTED]
        return [
            {"pnc": pnc, "family_name": family, "given_names": given, "date_of_birth": f"{born:%d/%m/%Y}"}
            for pnc, family, given, born in people
        ]

    def _this_month(self, known: Sequence[Cells]) -> list[Cells]:
        """Three new, three changed, five unchanged, two that cannot be matched; two of last month are left out."""
        recalled = {"whereabouts": "Recalled to custody", "whereabouts_start": f"{self.day(-6):%d/%m/%Y}"}
        inside = {"whereabouts": "In custody", "whereabouts_start": f"{self.day(-12):%d/%m/%Y}"}
        return [
            *known[:5],
            known[5] | recalled | {"place": "HMP Nottingham"},
            known[6] | inside | {"place": "HMP Ranby"},
            known[7] | {"aliases": f"nickname: {known[7]['family_name'].partition('-')[0]}y"},
            # The thirty-first of a month that has thirty days, and somebody else's number.
            known[8] | {"whereabouts": "In custody", "whereabouts_start": "31/06/2026"},
            known[9] | {"family_name": "Amphibolite", "given_names": "Neil", "date_of_birth": "03/02/1968"},
            *(self._newcomer(place, *person) for place, person in enumerate(_NEW)),
        ]

    def _actions(self, known: Sequence[Cells]) -> list[Cells]:
        """Two new, one known already, one for an agency that the area does not have, one about nobody on record."""
        police = self.agency.name
        before = (
            Action.objects.waiting()
            .filter(agency=self.agency, nominal__identifiers__kind=IdentifierKind.PNC)
            .order_by("pk")
            .values_list("nominal__identifiers__value", "nominal__family_name", "nominal__date_of_birth", "what",
                         "given_on", "due_on")
        )[:1]  # fmt: skip
        return [
            self._action(known[0], "Visit the new address and say who lives there", police, -18, 10),
            self._action(known[1], "Check the car against the notification", police, -18, -4),
            self._action(known[2], "Write to the head of the school", "The education office", -18, 3),
            self._action(
                {"pnc": numbers.pnc(90_900, 2001), "family_name": "Greywacke", "date_of_birth": "02/02/1969"},
                "Give the warning letter by hand", police, -18, 3,
            ),
            *(
                {
                    "pnc": pnc, "family_name": family, "date_of_birth": f"{born:%d/%m/%Y}" if born else "unknown",
                    "action": what, "agency": police, "given_on": f"{given:%d/%m/%Y}", "due_on": f"{due:%d/%m/%Y}",
                }
                for pnc, family, born, what, given, due in before
            ),
        ]  # fmt: skip

    def _action(self, person: Cells, what: str, agency: str, given: int, due: int) -> Cells:
        who = {name: person[name] for name in ("pnc", "family_name", "date_of_birth")}
        days = {"given_on": f"{self.day(given):%d/%m/%Y}", "due_on": f"{self.day(due):%d/%m/%Y}"}
        return who | {"action": what, "agency": agency} | days

    def _newcomer(self, place: int, family: str, given: str, year: int) -> Cells:
        convicted = self.day(-40 - place)
        day = f"{convicted:%d/%m/%Y}"
        return {
            "pnc": numbers.pnc(90_000 + place, convicted.year),
            "family_name": family,
            "given_names": given,
            "date_of_birth": f"17/05/{year}",
            "ground": "notification",
            "ground_start": day,
            "offence": "exposure",
            "outcome": "conviction",
            "outcome_date": day,
            "disposal": "community_order",
            "disposal_date": day,
            "whereabouts": "In the community",
            "whereabouts_start": day,
        }


def as_table(rows: Sequence[Cells], headings: Mapping[str, str] = HEADINGS) -> bytes:
    """The rows as CSV under a force's own headings."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings.values())
    writer.writerows([row.get(name, "") for name in headings] for row in rows)
    return text.getvalue().encode()
