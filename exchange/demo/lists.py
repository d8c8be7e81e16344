"""Two lists of the police in the demonstration: last month's, closed, and this month's, ready to be worked through."""

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
_NEW = (("Rhyolite", "Dennis", 1971), ("Dolerite", "Marion", 1984), ("Phyllite", "Craig", 1990))
_LISTED = 12

Cells = dict[str, str]


@dataclass(frozen=True)
class Lists:
    """Both lists, as they are loaded after the register."""

    area: Area
    agency: Agency
    day: Days

    def load(self) -> Extract:
        """Bring both in as the unit's administrator; returns the open one."""
        post = Membership.objects.filter(area=self.area, role=Role.ADMINISTRATOR).order_by("pk").first()
        if post is None:
            raise LookupError("The demonstration has no administrator.")
        by, known = Principal.for_membership(post, on=self.day.today), self._known()
        before = self._brought(by, known)
        close_extract(by=by, today=self.day(BROUGHT_BEFORE), extract_id=before.pk)
        return self._brought(by, self._this_month(known))

    def _brought(self, by: Principal, rows: Sequence[Cells]) -> Extract:
        extract = add_extract(
            by=by,
            today=self.day.today,
            area=self.area,
            agency=self.agency,
            kind=ListKind.PEOPLE,
            whole=True,
            content=as_table(rows),
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


def as_table(rows: Sequence[Cells]) -> bytes:
    """The rows as CSV under a force's own headings."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS.values())
    writer.writerows([row.get(name, "") for name in HEADINGS] for row in rows)
    return text.getvalue().encode()
