"""What the referrals of the demo say, and when each came and was decided, in days from the day of loading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.vocabulary import DeclineReason, Level

DOLOMITE: Mapping[str, Any] = {
    "referrer": "PC Sam Wren",
    "category": "1",
    "level_asked": Level.TWO,
    "offence": "Sexual assault in 2018; community order in 2019, complied with.",
    "value_reasons": "Children's services and police must agree who tells the new partner.",
    "lower_level": "See the plan",
    "detained": "no",
    "risk_children": "high",
    "risk_known_adult": "medium",
    "risk_public": "low",
    "risk_staff": "low",
    "risk_level": "high",
    "risk": "To the two children of the new partner, from the first overnight stay.",
    "victims": "Not known yet",
    "plan": "Unannounced visits each month; the new partner has not been told.",
    "diversity": "None that the plan must allow for.",
    "invite": "County children's services: Ellie Brambling\nHousing: not yet known",
}


GALENA: Mapping[str, Any] = {
    "offence": "Wounding with intent, five years.",
    "value_reasons": "Prison, housing and police must agree where he lives before he is released.",
    "lower_level": "His mother's street is the victim's, and no single agency can move him.",
    "detained": "no",
    "risk_known_adult": "high",
    "risk_public": "medium",
    "risk_prisoners": "low",
    "risk_level": "high",
    "risk": "To the victim of the offence and to whoever stands by, in the first weeks after release.",
    "victims": "Victim A lives in the street to which he would return.",
    "plan": "Licence conditions drafted; no other address has been found.",
    "invite": "HMP Nottingham: offender management unit\nErewash housing: Chris Yaffle\nVictim liaison",
}

PUMICE: Mapping[str, Any] = {
    "offence": "Robbery with a knife; section 250 detention, twenty months.",
    "value_reasons": "Children's services, health and youth justice must agree where he lives on release.",
    "lower_level": "No single agency can find the placement and hold the risk.",
    "risk_level": "high",
    "risk": "To other children, with weapons, when he is back in the town centre.",
}

IRONSTONE: Mapping[str, Any] = {
    "referrer": "Priya Dunnock",
    "category": "2",
    "level_asked": Level.TWO,
    "offence": "Actual bodily harm; arrested again for an assault in the street.",
    "value_reasons": "Police and housing must agree what happens if he is bailed to the same street.",
    "lower_level": "Two agencies cannot move him, and a third holds the tenancy.",
    "risk_level": "high",
    "risk": "To neighbours, when he has been drinking, most of all at weekends.",
    "victims": "Victim A lives two doors away.",
    "plan": "Not written yet",
    "invite": "Bolsover housing\nPolice: neighbourhood team",
}


SERPENTINE: Mapping[str, Any] = {
    "referrer": "Priya Dunnock",
    "category": "2",
    "level_asked": Level.TWO,
    "offence": "Controlling or coercive behaviour; eighteen months, suspended.",
    "value_reasons": "Police, housing and the domestic abuse service must agree what happens when he turns up again.",
    "lower_level": "Probation sees him once a week and hears of his visits to her work only days later.",
    "detained": "no",
    "risk_known_adult": "high",
    "risk_public": "low",
    "risk_level": "high",
    "risk": "To his former partner, at her work and on her way home, most of all before the court dates.",
    "victims": "Victim A has moved; he knows where she works.",
    "plan": "Weekly visits; the programme begins next month; no contact, directly or through friends.",
    "diversity": "Works nights: meetings before noon do not reach him.",
    "invite": "Police: domestic abuse team\nHigh Peak housing",
}

PHONOLITE: Mapping[str, Any] = {
    "referrer": "Ros Godwit",
    "category": "2",
    "level_asked": Level.TWO,
    "offence": "Arson, being reckless whether life was endangered; released on licence.",
    "value_reasons": "Several agencies know him",
    "risk_level": "high",
    "lower_level": "It has been tried",
    "risk": "To whoever lives in the same building, when he is told to leave.",
    "victims": "Nobody is known by name.",
    "plan": "Temporary place until spring; smoke alarms fitted; no alcohol on the premises.",
    "invite": "Fire and rescue\nHousing",
}


@dataclass(frozen=True)
class Declined:
    """A referral that was declined: day received, day decided, agency, name typed, code and reasons."""

    received: int
    decided: int
    agency: str
    family: str
    given: str
    category: str
    reason: DeclineReason
    text: str


DECLINED = (
    Declined(
        -27, -20, "police", "Shale", "Declan", "3", DeclineReason.NO_OFFENCE,
        "No conviction, caution or finding: to the police process for potentially dangerous people, and to the MARAC.",
    ),
    Declined(
        -63, -55, "probation", "Breccia", "Tom", "2", DeclineReason.LOWER_LEVEL,
        "Licence conditions and home visits already hold the risk.",
    ),
    Declined(
        -98, -90, "probation", "Gneiss", "Alec", "2", DeclineReason.NO_VALUE,
        "No other agency knows him or has anything to add.",
    ),
    Declined(
        -121, -113, "healthcare-trust", "Skarn", "Petra", "2", DeclineReason.ELSEWHERE,
        "The care programme has every agency that is needed.",
    ),
    Declined(
        -150, -141, "probation", "Tillite", "Joel", "1", DeclineReason.TOO_EARLY,
        "Eighteen months before release: refer again when six are left.",
    ),
    Declined(
        -176, -168, "yjs-county", "Wacke", "Dara", "2", DeclineReason.LOWER_LEVEL,
        "Youth justice and the school already meet each fortnight, with a plan that holds.",
    ),
    Declined(
        -214, -203, "pdu-county", "Rhyolite", "Seth", "1", DeclineReason.NO_GROUND,
        "The notification requirements ended in the spring: no ground is left.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Accepted:
    """A referral that was accepted at Level 2: day received, day decided (on which the person's level began), agency,
    surname of the person, category, level asked for.
    """

    received: int
    decided: int
    agency: str
    family: str
    category: str
    asked: Level = Level.TWO


ACCEPTED = (
    Accepted(-229, -217, "police", "Feldspar", "1"),
    Accepted(-222, -210, "police", "Obsidian", "1", Level.THREE),
    Accepted(-219, -210, "pdu-city", "Flint", "2", Level.THREE),
    Accepted(-216, -207, "probation", "Tufa", "2"),
    Accepted(-211, -203, "pdu-county", "Onyx", "2"),
    Accepted(-213, -202, "police", "Chert", "1"),
    Accepted(-208, -194, "county-children", "Slate", "3"),
    Accepted(-199, -192, "yjs-city", "Quartz", "2"),
    Accepted(-201, -187, "healthcare-trust", "Travertine", "2", Level.THREE),
    Accepted(-194, -185, "police", "Basalt", "1"),
    Accepted(-188, -179, "police", "Calcite", "1"),
    Accepted(-181, -172, "probation", "Anthracite", "1"),
    Accepted(-171, -162, "probation", "Cinnabar", "2"),
    Accepted(-160, -152, "pdu-city", "Hematite", "2"),
    Accepted(-143, -133, "probation", "Bluejohn", "1"),
    Accepted(-69, -60, "pdu-county", "Agate", "2"),
    Accepted(-77, -55, "omu-ranby", "Gritstone", "2"),
    Accepted(-41, -30, "omu-nottingham", "Rutile", "2"),
)
# Whose referral was returned before it was accepted: returned and come again, on these days.
CAME_AGAIN = {"Gritstone": (-72, -63), "Onyx": (-209, -206)}
