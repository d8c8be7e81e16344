"""Names of reference data that a file may use, and what to suggest for one that is misspelt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency, Area, PanelArea
from rules.offences import ListedOffence, listed_offences
from rules.parameters import Parameters

from .formats import suggestions

_FEW = 12

Named = tuple[int, str, str]


@dataclass(frozen=True)
class Reference:
    """What an area knows by name. Names are found whatever the case of their letters, and by their slugs."""

    area: Area
    panel_areas: Mapping[str, int]
    agencies: Mapping[str, int]
    offences: Mapping[str, tuple[ListedOffence, ...]]
    names: Mapping[str, tuple[str, ...]]
    params: Parameters

    @classmethod
    def of(cls, area: Area, params: Parameters) -> "Reference":
        """Read once for the whole file."""
        panel_areas = PanelArea.objects.filter(area=area).values_list("pk", "name", "slug")
        agencies = Agency.objects.filter(area=area).values_list("pk", "name", "slug")
        return cls.made(area, panel_areas=list(panel_areas), agencies=list(agencies), params=params)

    @classmethod
    def made(
        cls, area: Area, *, panel_areas: Sequence[Named], agencies: Sequence[Named], params: Parameters
    ) -> "Reference":
        """From ids, names and slugs."""
        offences: dict[str, tuple[ListedOffence, ...]] = {}
        for offence in listed_offences().values():
            for name in {_plain(offence.code), _plain(offence.title)}:
                offences[name] = (*offences.get(name, ()), offence)
        return cls(
            area=area,
            panel_areas={_plain(name): pk for pk, *both in panel_areas for name in both},
            agencies={_plain(name): pk for pk, *both in agencies for name in both},
            offences=offences,
            names={
                "panel_area": tuple(name for _, name, _ in panel_areas),
                "lead_agency": tuple(name for _, name, _ in agencies),
                "offence": tuple(offence.title for offence in listed_offences().values()),
            },
            params=params,
        )

    def panel_area(self, name: str) -> int | None:
        return self.panel_areas.get(_plain(name))

    def agency(self, name: str) -> int | None:
        return self.agencies.get(_plain(name))

    def offence(self, name: str, convicted_on: date | None) -> ListedOffence | None:
        """The offence of the table by code or title: the row that held on the day, where there are several (R10)."""
        found = self.offences.get(_plain(name), ())
        held = [offence for offence in found if convicted_on is not None and offence.valid.contains(convicted_on)]
        return next(iter(held or found), None)

    def near(self, column: str, name: str) -> str:
        """``Did you mean …? `` or, for a short list, all the names there are."""
        names = self.names[column]
        return suggestions(name, names) or (f"There are: {', '.join(names)}. " if 0 < len(names) <= _FEW else "")


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
