"""What surrounds the people of the demo: who they are in their own words, people about them, warnings, hospital orders.

All invented. Relatives and friends are named after trees, staff after birds. What people say of themselves is drawn
apart from everything else, so that it has nothing to do with category, offence or name.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date

from cases.records import (
    BackgroundRecord,
    ConnectedPersonRecord,
    HospitalOrderRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from rules.vocabulary import (
    ContactAllowed,
    Disposal,
    HospitalSection,
    HospitalStage,
    Immigration,
    ProcessKind,
    Tenure,
    WarningKind,
    Whereabouts,
)

from .days import Days
from .people import Person

# Group as people name it, ethnicity in words, and how many of a thousand.
_ETHNICITY = (
    ("White British", "White British", 855),
    ("White Irish", "White Irish", 8),
    ("White other", "White Polish", 20),
    ("White other", "White Romanian", 9),
    ("White Gypsy or Irish Traveller", "Irish Traveller", 4),
    ("Asian or Asian British", "Asian British, Indian", 26),
    ("Asian or Asian British", "Asian British, Pakistani", 28),
    ("Black or Black British", "Black British, Caribbean", 14),
    ("Black or Black British", "Black African", 8),
    ("Mixed", "White and Black Caribbean", 16),
    ("Other", "Arab", 4),
    ("", "Did not wish to say", 8),
)
_RELIGION = (("None", 480), ("Christian", 380), ("Muslim", 50), ("Sikh", 10), ("Did not wish to say", 80))
_DISABILITY = (("None", 780), ("Depression and anxiety", 90), ("Learning disability", 60), ("Uses a wheelchair", 20),
               ("Autism", 50))  # fmt: skip
_ORIENTATION = (("Heterosexual", 880), ("Gay", 30), ("Bisexual", 30), ("Did not wish to say", 60))
_ASKED = 0.85

# Whose homes there are, in how many of a hundred cases; of those heard at the next sittings it is told.
_TENURE = (
    (Tenure.COUNCIL, 26), (Tenure.SOCIAL, 22), (Tenure.TEMPORARY, 6), (Tenure.PRIVATE, 19), (Tenure.OWNED, 8),
    (Tenure.FAMILY, 13), (Tenure.UNKNOWN, 6),
)  # fmt: skip
_TOLD_TENURE = {
    "Flint": Tenure.COUNCIL, "Jasper": Tenure.SOCIAL, "Obsidian": Tenure.TEMPORARY, "Tufa": Tenure.COUNCIL,
    "Agate": Tenure.SOCIAL, "Onyx": Tenure.TEMPORARY, "Quartz": Tenure.FAMILY,
}  # fmt: skip

_CLINICIANS = ("Dr Anna Goosander", "Dr Hugh Nuthatch", "Dr Amina Redpoll")


@dataclass(frozen=True)
class Stage:
    """A stage of a hospital order, from a day until the next."""

    kind: HospitalStage
    since: date
    note: str = ""


@dataclass(frozen=True)
class Around:
    """What surrounds one named person. ``run``: kind, from which day, and the key of the agency that runs it."""

    connected: tuple[ConnectedPersonRecord, ...] = ()
    processes: tuple[ProcessRecord, ...] = ()
    run: tuple[tuple[ProcessKind, int, str], ...] = ()
    warnings: tuple[StaffWarningRecord, ...] = ()
    background: dict[str, object] = field(default_factory=dict)


def around(day: Days) -> dict[tuple[str, str], Around]:
    """The named people of whom something is told, by given name and surname."""
    kin, process, warning = ConnectedPersonRecord, ProcessRecord, StaffWarningRecord
    tag, victims = ProcessKind.TAG, ProcessKind.VICTIM_CONTACT
    no, some = ContactAllowed.NO, ContactAllowed.WITH_CONDITIONS
    return {
        ("Owen", "Dolomite"): Around(
            connected=(
                kin("Hazel Aspen", "New partner", at_risk=True, contact=ContactAllowed.NOT_DECIDED,
                    note="Met in the autumn; does not know of the conviction."),
                kin("Rowan Aspen", "Son of his new partner, aged 9", child=True, at_risk=True, contact=no),
                kin("Linden Aspen", "Daughter of his new partner, aged 6", child=True, at_risk=True, contact=no),
            ),
            processes=(
                process(ProcessKind.CHILD_PROTECTION, day(-20), reference="DEMO-CP-0102", next_on=day.working(6)),
            ),
        ),
        ("Stefan", "Marl"): Around(
            connected=(
                kin("Holly Alder", "New partner", at_risk=True, contact=some, note="Her social worker knows."),
                kin("Ivy Rowan", "Mother", contact=ContactAllowed.YES),
                kin("Jack Rowan", "Nephew, aged 4", child=True, contact=some, note="Only when his mother is there."),
            ),
            processes=tuple(
                process(ProcessKind.MARAC, day(-ago), day(-ago), reference=f"DEMO-MARAC-{number:04d}")
                for number, ago in enumerate((330, 214, 96, 24), start=31)
            ),
            warnings=(
                warning(WarningKind.NOT_ALONE, "Two staff; never at home while his partner is there.", day(-9)),
                warning(WarningKind.VIOLENCE, "Pushed a housing officer in an interview room.", day(-150), day(-30)),
            ),
        ),
        ("Jayden", "Quartz"): Around(
            connected=(
                kin("Laurel Hawthorn", "Mother", contact=ContactAllowed.YES),
                kin("Ash Hawthorn", "Brother, aged 12", child=True, at_risk=True, contact=some,
                    note="Not with older friends."),
                kin("Bay Sycamore", "Friend with whom he offended", contact=no),
            ),
            processes=(
                process(ProcessKind.CHILD_PROTECTION, day(-210), reference="DEMO-CP-0077", next_on=day.working(15)),
                process(ProcessKind.IOM, day(-190), reference="DEMO-IOM-0019"),
            ),
            warnings=(warning(WarningKind.WEAPONS, "May carry a knife: see him in the office only.", day(-230)),),
        ),
        ("Alan", "Travertine"): Around(
            connected=(kin("Maple Elder", "Sister", contact=ContactAllowed.YES, note="Visits the ward each month."),),
            warnings=(warning(WarningKind.HEALTH, "Ask the ward before each visit how he is.", day(-400)),),
        ),
        ("Ruth", "Pyrite"): Around(
            connected=(kin("Rose Elder", "Landlady", contact=ContactAllowed.YES),),
        ),
        ("Paul", "Ironstone"): Around(
            background={
                "abuse": "A former partner called the police twice; he waited outside her work.",
                "abuse_known_on": day(-200),
            },
        ),
        ("Tomasz", "Flint"): Around(
            background={
                "nationality": "Polish",
                "immigration": Immigration.REMOVAL,
                "immigration_status": "Deportation order made; his appeal is not yet heard.",
                "interpreter": True,
                "language": "Polish",
                "ethnicity": "White Polish",
                "ethnic_group": "White other",
            },
            processes=(process(ProcessKind.IOM, day(-300), reference="DEMO-IOM-0007"),),
            run=((tag, -97, "tagging"), (victims, -300, "victim-unit")),
        ),
        ("Dean", "Hematite"): Around(
            processes=(process(ProcessKind.PAROLE, day(-120), reference="DEMO-PAROLE-0003", note="Release directed."),),
            run=((victims, -260, "victim-unit"),),
        ),
        ("Adam", "Gritstone"): Around(
            run=((tag, -41, "tagging"), (ProcessKind.WORK, -41, "jobcentre"), (victims, -400, "victim-unit")),
        ),
        ("Anton", "Jasper"): Around(
            connected=(kin("Willow Maple", "Daughter, aged 8", child=True, contact=some, note="At a contact centre."),),
            run=((victims, -500, "victim-unit"),),
        ),
        ("Conor", "Rutile"): Around(
            connected=(kin("Fern Maple", "Son, aged 5", child=True, at_risk=True, contact=no),),
            run=((victims, -880, "victim-unit"),),
        ),
        ("Victor", "Obsidian"): Around(run=((tag, -100, "tagging"),)),
    }  # fmt: skip


def background_of(person: Person, index: int, seed: int, told: dict[str, object]) -> BackgroundRecord | None:
    """What the person says of themselves: drawn by their number, and what is told of them laid over it."""
    draw = random.Random(f"{seed}:{index}:background")  # noqa: S311 - invented people, not secrets
    if draw.random() > _ASKED and not told and not person.named:
        return None
    group, ethnicity, _ = draw.choices(_ETHNICITY, [row[-1] for row in _ETHNICITY])[0]
    drawn = BackgroundRecord(
        nationality="British",
        immigration=Immigration.NONE,
        ethnicity=ethnicity,
        ethnic_group=group,
        religion=_one_of(draw, _RELIGION),
        disability=_one_of(draw, _DISABILITY),
        sexual_orientation=_one_of(draw, _ORIENTATION),
    )
    return replace(drawn, **told)  # type: ignore[arg-type]


def tenure_of(person: Person, index: int, seed: int) -> Tenure:
    """Whose home the person's address is, drawn apart from everything else."""
    if person.stays[-1].kind is Whereabouts.APPROVED_PREMISES:
        return Tenure.TEMPORARY
    if person.named and person.family in _TOLD_TENURE:
        return _TOLD_TENURE[person.family]
    draw = random.Random(f"{seed}:{index}:tenure")  # noqa: S311 - invented people, not secrets
    return draw.choices([tenure for tenure, _ in _TENURE], [share for _, share in _TENURE])[0]


def _one_of(draw: random.Random, words: tuple[tuple[str, int], ...]) -> str:
    return draw.choices([word for word, _ in words], [share for _, share in words])[0]


def hospital_order_of(person: Person, index: int, day: Days) -> tuple[HospitalOrderRecord, tuple[Stage, ...]] | None:
    """The hospital order of somebody whose ground is one, with its stages; None for everybody else."""
    ground = person.grounds[0] if person.grounds else None
    sections = {
        Disposal.HOSPITAL_ORDER: HospitalSection.HOSPITAL,
        Disposal.HOSPITAL_ORDER_RESTRICTED: HospitalSection.HOSPITAL_RESTRICTED,
    }
    if ground is None or ground.disposal not in sections or person.stays[-1].kind is Whereabouts.DEAD:
        return None
    section = sections[ground.disposal]
    order = HospitalOrderRecord(
        section=section,
        court="Derby Crown Court",
        responsible_clinician=_CLINICIANS[0 if person.named else index % len(_CLINICIANS)],
        social_supervisor="Meg Whimbrel" if person.named else "",
        ministry_reference=f"DEMO-MHC-{index:04d}" if section.is_restricted else "",
    )
    return order, (Stage(HospitalStage.DETAINED, ground.starts_on), *_later(person, section, day))


def _later(person: Person, section: HospitalSection, day: Days) -> tuple[Stage, ...]:
    """What came after detention: what is told of the named, and discharge for whoever left the ward."""
    if person.family == "Travertine":
        return (
            Stage(HospitalStage.ESCORTED_LEAVE, day(-400), "In the grounds, with two staff."),
            Stage(HospitalStage.UNESCORTED_LEAVE, day(-60), "Two hours a day, within the city."),
        )
    if person.family == "Pyrite":
        return (
            Stage(HospitalStage.UNESCORTED_LEAVE, day(-520)),
            Stage(HospitalStage.CONDITIONAL_DISCHARGE, day(-347), "Lives where directed; sees her social supervisor."),
        )
    left = HospitalStage.CONDITIONAL_DISCHARGE if section.is_restricted else HospitalStage.COMMUNITY_TREATMENT
    return tuple(Stage(left, stay.since) for stay in person.stays if stay.kind is Whereabouts.COMMUNITY)[:1]
