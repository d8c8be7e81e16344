"""The advice log of the demo: twelve calls and messages, about named people and about nobody named."""

from collections.abc import Mapping
from dataclasses import dataclass

from agencies.models import Agency, User
from agencies.principal import Principal
from cases.models import Nominal
from cases.services.advice import record_advice, settle_call_back
from rules.vocabulary import AdviceOutcome

from .days import Days

_REFER, _MARAC, _LEVEL_1, _BACK, _NOTHING = (
    AdviceOutcome.REFER,
    AdviceOutcome.MARAC,
    AdviceOutcome.LEVEL_1,
    AdviceOutcome.CALL_BACK,
    AdviceOutcome.NOTHING,
)
HELEN, JO = "helen.curlew@example.org", "jo.wagtail@example.org"


@dataclass(frozen=True)
class Call:
    """A call so many days before today. `agency` is a key of the demo's agencies; `person` a surname of its cast."""

    days: int
    asked_by: str
    agency: str
    said: str
    outcome: AdviceOutcome
    person: str = ""
    taken_by: str = HELEN
    call_back: int | None = None
    called: bool = False


CALLS = (
    Call(
        -160,
        "PC Laura Plover",
        "police",
        "Asked whether a caution is enough for Category 3: it is, with both findings.",
        _REFER,
    ),
    Call(
        -131,
        "Duty social worker",
        "county-children",
        "New partner with children. Take it to the case owner first.",
        _LEVEL_1,
        "Dolomite",
        JO,
    ),
    Call(
        -104,
        "Sergeant on the domestic abuse desk",
        "police",
        "Three partners in two years, no schedule offence: refer.",
        _REFER,
        "Marl",
    ),
    Call(
        -92, "Ward manager", "healthcare-trust", "When to notify of leave: before the first unescorted leave.", _NOTHING
    ),
    Call(-77, "Ellie Brambling", "county-children", "High risk in the home tonight: to the next MARAC.", _MARAC),
    Call(
        -58,
        "Housing officer",
        "housing-bolsover",
        "May they tell the warden? Not yet: disclosure is for the meeting.",
        _NOTHING,
        taken_by=JO,
    ),
    Call(
        -41,
        "Priya Dunnock",
        "probation",
        "Release in six months, prison intelligence: refer for Level 2.",
        _REFER,
        "Galena",
    ),
    Call(-30, "Tunde Redstart", "yjs-city", "Which form: the first notification, then a referral.", _REFER, "Pumice"),
    Call(
        -19,
        "Advocate",
        "",
        "Wanted to attend: only professionals attend, her report is welcome.",
        _NOTHING,
        taken_by=JO,
    ),
    Call(
        -12, "DI Karen Merlin", "police", "No offence at all: a potentially dangerous person, police process.", _MARAC
    ),
    Call(
        -6,
        "Chris Yaffle",
        "housing-erewash",
        "Tenancy offer for somebody not yet named. Ask the landlord first.",
        _BACK,
        call_back=-3,
        called=True,
    ),
    Call(
        -1,
        "Gary Stonechat",
        "jobcentre",
        "Work restriction of somebody he will name. Ring when the officer is back.",
        _BACK,
        taken_by=JO,
        call_back=0,
    ),
)


def load_advice(by: Principal, day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    """Write the log as if each call had been taken by the unit on its day."""
    area_id = next(iter(agencies.values())).area_id
    for call in CALLS:
        taker = Principal.for_membership(users[call.taken_by].memberships.order_by("pk")[0], on=by.on)
        person = Nominal.objects.filter(area=area_id, family_name=call.person).first() if call.person else None
        stored = record_advice(
            by=taker,
            today=day.today,
            area_id=area_id,
            asked_by=call.asked_by,
            agency_id=agencies[call.agency].pk if call.agency else None,
            nominal_id=person.pk if person else None,
            said=call.said,
            outcome=call.outcome,
            given_on=day(call.days),
            call_back_on=None if call.call_back is None else day(call.call_back),
        )
        if call.called:
            settle_call_back(by=taker, today=day.today, advice_id=stored.pk)
