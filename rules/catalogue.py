"""Every rule that the code cites: what it says in short, how firm it is, what kind of check, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rules.core import Strength

LAW, DOC, SET, DES = Strength.LAW, Strength.DOC, Strength.SET, Strength.DES


class Check(StrEnum):
    """BLOCK refuses; WARN allows with a typed reason; FLAG shows on worklists; CALC derives what is never typed."""

    BLOCK = "block"
    WARN = "warn"
    FLAG = "flag"
    CALC = "calc"


BLOCK, WARN, FLAG, CALC = Check.BLOCK, Check.WARN, Check.FLAG, Check.CALC

CJA = "Criminal Justice Act 2003"
SOA = "Sexual Offences Act 2003"
REPORT = "Derbyshire MAPPA annual report 2022-23"
GUIDANCE_LEVELS = "MAPPA Guidance, chapter on levels"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue. `strength` says how far an area may move its numbers."""

    id: str
    title: str
    strength: Strength
    check: Check
    source: str


_ROWS = (
    Rule("R1", "A person has a surname or only name, and a date of birth or a naming number", DES, BLOCK, "Design"),
    Rule("R2", "A PNC ID carries a letter that fits its number; one that fails is kept and marked", DES, WARN, "PNC"),
    Rule("R3", "CRO, prison, probation and NHS numbers have known forms", DES, WARN, "HM Prison and Probation Service"),
    Rule("R4", "Candidates are shown before a double is saved; a hidden person is never betrayed", DES, WARN, "Design"),
    Rule("R5", "Ethnicity is in words; a nickname is an alias", DOC, BLOCK, "MAPPA referral form, notes"),
    Rule("R6", "No fixed abode needs the area of closest links", DOC, BLOCK, "MAPPA referral form, notes"),
    Rule("R7", "A person may hold many grounds; the category is derived from those open", LAW, CALC, f"{CJA} s.325"),
    Rule("R8", "Of several categories the order is 4, 1, 2, 3", SET, CALC, f"Referral form, notes; {REPORT} note (d)"),
    Rule("R9", "Category 1 needs a notification requirement", LAW, BLOCK, f"{SOA} s.80"),
    Rule("R10", "Category 2 needs a listed offence and a qualifying disposal for it", LAW, BLOCK, f"{CJA} s.327(3)"),
    Rule("R11", "Custody counts from 12 months, suspended or not, as imposed", LAW, BLOCK, f"{CJA} s.327(3)(b)"),
    Rule("R12", "Youth custody counts from 12 months; some sentences always", LAW, BLOCK, f"{CJA} s.327(3)(b)"),
    Rule("R13", "Hospital and guardianship orders count whatever their length", LAW, BLOCK, f"{CJA} s.327(3)(b)"),
    Rule("R14", "A finding counts only with hospital admission or guardianship", LAW, BLOCK, f"{CJA} s.327(4)"),
    Rule(
        "R15",
        "Coercive behaviour counts from 3 February 2025",
        LAW,
        WARN,
        "Ministry of Justice notice, 3 February 2025",
    ),
    Rule("R16", "A length reached by adding terms needs a legal confirmation", LAW, WARN, f"{CJA} s.327(3)(b), read"),
    Rule("R17", "Category 3 needs an offence and two findings with reasons", LAW, BLOCK, f"{CJA} s.325(2)(b)"),
    Rule("R18", "Category 3 shares no day with another category", DOC, BLOCK, f"{REPORT} note (d)"),
    Rule("R19", "Category 4 needs a terrorist ground, or an offence and a belief", LAW, BLOCK, f"{CJA} ss.325, 327"),
    Rule("R20", "A service court makes no Category 2, but may make Category 4", LAW, BLOCK, f"{CJA} s.327(4F), (6)"),
    Rule("R21", "The end of notification is proposed; an officer confirms it", SET, CALC, f"{SOA} s.82"),
    Rule("R22", "Indefinite notification: review after 15 years, or 8 if under 18", DOC, CALC, f"{REPORT} note (j)"),
    Rule("R23", "Category 2 ends with the licence or order, not with supervision", DOC, CALC, REPORT),
    Rule("R24", "Custody, recall and leave end no ground", LAW, BLOCK, f"{CJA} s.327, read"),
    Rule("R25", "A ground that is a decision has Level 2 or 3 only, and ends with it", DOC, BLOCK, REPORT),
    Rule("R26", "Alerts before a ground ends; the last one is never lost silently", DES, FLAG, REPORT),
    Rule("R27", "A change of senior ground is no exit and no entry", DES, CALC, "Design"),
    Rule("R28", "Death ends every ground on its day", LAW, CALC, f"{CJA} s.327"),
    Rule("R29", "A quashed ground is void, and never stood", DES, BLOCK, "Design"),
    Rule(
        "R30",
        'A person under 18 is a child: their papers never say "offender", turning 18 is seen six months ahead',
        SET,
        CALC,
        f"{REPORT} note viii; practice",
    ),
    Rule("R31", "Which levels a category allows", DOC, CALC, REPORT),
    Rule("R32", "Each day of status has exactly one level", DES, BLOCK, "Design"),
    Rule("R33", "Level 2 needs meetings that add value, and one of three conditions", DOC, BLOCK, GUIDANCE_LEVELS),
    Rule("R34", "Level 3 needs senior representation besides", DOC, BLOCK, GUIDANCE_LEVELS),
    Rule("R35", "Would a lower level give a defensible plan?", DOC, FLAG, REPORT),
    Rule("R36", "Level 2 or 3 changes only through a known deciding body", DES, BLOCK, "Design"),
    Rule("R38", "In custody the level is set six months before release", SET, FLAG, "Practice; confirm locally"),
    Rule("R39", "Level 1 is reviewed, early after a change, where the agency does", SET, FLAG, f"{REPORT} note xi"),
    Rule("R40", "A Level 1 review says who contributed, the decision, the next date", DOC, BLOCK, f"{REPORT} note xi"),
    Rule("R41", "A person with an automatic ground is screened within so many days", DES, FLAG, "Design"),
    Rule("R42", "A case is identified within 3 days of sentence", SET, FLAG, "Practice; confirm locally"),
    Rule("R43", "Youth justice and mental health send a first notification", DOC, BLOCK, "MAPPA forms"),
    Rule("R44", "A referral is complete before a panel decides on it", DES, BLOCK, "Design"),
    Rule("R45", "Each change of a referral is stamped; every referral stays countable", DES, BLOCK, "Design"),
    Rule("R46", "A quorum of votes decides; a tie escalates", DOC, BLOCK, REPORT),
    Rule("R47", "Who has a part in the case does not vote; each member has a substitute", DES, BLOCK, "Design"),
    Rule("R48", "A decline says why, who, when, and how to escalate", DES, BLOCK, "Design"),
    Rule("R49", "The first meeting is due 4 weeks from sentence or 20 working days from acceptance", DOC, CALC, REPORT),
    Rule("R50", "Domestic abuse or stalking: is the threshold met?", DOC, FLAG, f"{REPORT} note xiii"),
    Rule("R51", "A review is due after 112 (Level 2) or 56 (Level 3) days in the community", DOC, CALC, REPORT),
    Rule("R52", "Custody pauses the review clock and resets nothing", DES, CALC, "Design"),
    Rule("R53", "A new level sets its own limit from the deciding meeting", DES, CALC, "Design"),
    Rule("R54", "A chair's next date lies within the limit", DES, BLOCK, "Design"),
    Rule("R55", "Meetings have kinds; an emergency resets the clock only with the whole plan", DES, CALC, "Design"),
    Rule("R56", "The chair's role fits the level, and nobody chairs their own case", SET, WARN, REPORT),
    Rule("R57", "A sitting hears many people, each in a slot of their own", DOC, BLOCK, REPORT),
    Rule("R59", "Every agency that is invited has one answer", DES, BLOCK, "Design"),
    Rule("R67", "Action list and minutes run on working days", SET, FLAG, "Practice; confirm locally"),
    Rule("R69", "An action has an agency, a verb, a due date, and an end with its reason", DES, BLOCK, "Design"),
    Rule("R70", "A printout shows level and category of the day in question, dated", LAW, CALC, f"{CJA} s.255A"),
    Rule("R82", "Victims stand in a compartment of their own, never beside the person", DOC, BLOCK, "Victims' Code"),
    Rule("R85", "The snapshot counts people in the community on 31 March", DOC, CALC, f"{REPORT} notes (a), (e)"),
    Rule("R86", "In a year a person counts once in each category", DOC, CALC, REPORT),
    Rule("R87", "Category 1 in the community for 100,000 people aged 10 and over", DOC, CALC, REPORT),
    Rule("R90", "A number holds from a day on, so that no earlier return changes", SET, CALC, "Design"),
    Rule(
        "R96",
        "An agency has signed, and is reached by a contact and a deputy",
        DES,
        FLAG,
        "Information sharing agreement",
    ),
    Rule("R97", "A case has one area and one lead agency, each dated", DOC, BLOCK, "MAPPA Guidance, transfers"),
    Rule("R99", "Category 4 does not exist for a person without clearance", DOC, BLOCK, "HMPPS API, roles"),
    Rule("R100", "A restricted record opens to named readers; others contact the unit", DES, BLOCK, "Design"),
    Rule("R101", "Who looked at whom is logged, kept, and looked through", LAW, FLAG, "Data Protection Act 2018 s.62"),
    Rule("R102", "Every copy is marked: classification, caveat, user, time, number", DES, BLOCK, "Design"),
    Rule("R106", "What began before the area's start is brought forward, never late", DES, CALC, "Design"),
    Rule("R107", "A pre-release meeting is held in the six weeks before", SET, FLAG, f"{REPORT}; practice"),
    Rule("R108", "What an agency may answer, the unit may write down for it", DES, CALC, "Design"),
    Rule("R109", "An agency's list is a working copy, and absence from it ends nobody", SET, BLOCK, "Design"),
    Rule("R110", "A list is taken out after a fresh sign-in, within a day's quota", DES, BLOCK, "Design"),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ROWS})
