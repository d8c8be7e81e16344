"""People as plain values, on their way into the register: what forms, imports and the demonstration hand to services.

Codes are those of ``rules.vocabulary``; days are inclusive; an empty end means open. Ids are those of ``agencies``.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rules.vocabulary import (
    AliasKind,
    CaseChange,
    ContactAllowed,
    DecidingBody,
    Disposal,
    EndReason,
    GroundKind,
    Handling,
    HospitalSection,
    IdentifierKind,
    Immigration,
    KeyDateKind,
    Level,
    OffenceOutcome,
    OrderKind,
    ParticipationSource,
    ProcessKind,
    ReviewForm,
    RiskLevel,
    ScreeningOutcome,
    Sex,
    Tenure,
    ThresholdingOutcome,
    WarningKind,
    Whereabouts,
)


@dataclass(frozen=True, slots=True)
class IdentifierRecord:
    """A number as it was typed; whether it is valid is worked out, and an invalid one is kept, marked (R2)."""

    kind: IdentifierKind
    value: str


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """Another name."""

    family_name: str
    given_names: str = ""
    kind: AliasKind = AliasKind.ALIAS


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """An address, or no fixed abode with the housing authority of closest links (R6)."""

    starts_on: date
    ends_on: date | None = None
    lines: str = ""
    postcode: str = ""
    no_fixed_abode: bool = False
    closest_links_id: int | None = None
    tenure: Tenure = Tenure.UNKNOWN


@dataclass(frozen=True, slots=True)
class GroundRecord:
    """One legal ground. ``offence_code`` is a code of the qualifying offences, or empty for any other offence.

    ``terrorist_offence``: a terrorist offence, or found to have a terrorist connection. For the ground of terrorism
    risk, ``finding_current`` holds the belief on which it rests (R19).
    """

    kind: GroundKind
    starts_on: date
    ends_on: date | None = None
    offence_code: str = ""
    offence_text: str = ""
    outcome: OffenceOutcome | None = None
    outcome_on: date | None = None
    service_court: bool = False
    terrorist_offence: bool = False
    order: OrderKind = OrderKind.NONE
    order_ends_on: date | None = None
    disposal: Disposal | None = None
    disposal_on: date | None = None
    term_months: int | None = None
    term_days: int | None = None
    total_of_consecutive_terms: bool = False
    legal_confirmation: str = ""
    finding_capacity: str = ""
    finding_current: str = ""
    end_reason: EndReason | None = None
    end_confirmed: bool = False
    voided_on: date | None = None
    void_reason: str = ""


@dataclass(frozen=True, slots=True)
class LevelRecord:
    """One level, from the day of the decision. Ends are worked out from the next level and from the status (R32)."""

    level: Level
    starts_on: date
    ends_on: date | None = None
    decided_by: DecidingBody = DecidingBody.IMPORTED
    decision: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WhereaboutsRecord:
    """Where the person is, from a day to a day."""

    kind: Whereabouts
    starts_on: date
    ends_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class LeadAgencyRecord:
    """The agency that leads, from a day to a day (R97). Opens its participation."""

    agency_id: int
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class NamedOfficerRecord:
    """The officer of an agency who manages the person. Opens a grant to that officer."""

    officer_id: int
    agency_id: int
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class KeyDateRecord:
    """A date ahead, one of a kind."""

    kind: KeyDateKind
    falls_on: date
    certain: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """A Level 2 or 3 meeting that counts for the review clock (R51), with the next date the chair has set."""

    held_on: date
    level: Level
    next_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ScreeningRecord:
    """The lead agency has looked at the person (R41)."""

    screened_on: date
    outcome: ScreeningOutcome
    reason: str


@dataclass(frozen=True, slots=True)
class ThresholdingRecord:
    """What came of asking whether domestic abuse or stalking needs Level 2 or 3 (R50)."""

    decided_on: date
    outcome: ThresholdingOutcome
    reason: str


@dataclass(frozen=True, slots=True)
class IdentificationRecord:
    """The managing agency knew of the case, from a day, after a sentence (R42)."""

    agency_id: int
    sentenced_on: date
    known_on: date


@dataclass(frozen=True, slots=True)
class Level1ReviewRecord:
    """A Level 1 review that was held (R39, R40)."""

    held_on: date
    form: ReviewForm
    contributors: str
    decision: str
    next_on: date | None = None
    risk: RiskLevel | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change that brings the Level 1 review forward (R39)."""

    kind: CaseChange
    happened_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class ParticipationRecord:
    """An agency takes part, from a day to a day. Lead agencies need none: theirs follow from ``lead_agencies``."""

    agency_id: int
    starts_on: date
    ends_on: date | None = None
    source: ParticipationSource = ParticipationSource.GRANT
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PersonalGrantRecord:
    """A person may read the case. Named officers need none: theirs follow from ``named_officers``."""

    user_id: int
    starts_on: date
    ends_on: date | None = None
    source: ParticipationSource = ParticipationSource.GRANT
    named_reader: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionRecord:
    """A person, or an agency, is kept out of the case: give exactly one of the two."""

    reason: str
    starts_on: date
    ends_on: date | None = None
    user_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class BackgroundRecord:
    """Nationality, language and what the person says of themselves, in words; empty means not asked (R5).

    ``abuse`` and its day: the pattern of domestic abuse or stalking, if there is one (R50).
    """

    nationality: str = ""
    immigration: Immigration = Immigration.NOT_ASKED
    immigration_status: str = ""
    interpreter: bool = False
    language: str = ""
    ethnicity: str = ""
    ethnic_group: str = ""
    religion: str = ""
    disability: str = ""
    sexual_orientation: str = ""
    gender_identity: str = ""
    abuse: str = ""
    abuse_known_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConnectedPersonRecord:
    """Somebody about the person, never a victim (R82). ``ended_on``: no longer connected since."""

    name: str
    relationship: str
    child: bool = False
    at_risk: bool = False
    contact: ContactAllowed = ContactAllowed.NOT_DECIDED
    note: str = ""
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process that runs beside MAPPA: its reference and dates."""

    kind: ProcessKind
    starts_on: date
    ends_on: date | None = None
    reference: str = ""
    next_on: date | None = None
    note: str = ""
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class StaffWarningRecord:
    """What staff must know before they meet the person, from a day to a day."""

    kind: WarningKind
    text: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class HospitalOrderRecord:
    """A hospital or guardianship order, or a transfer to hospital. Its days and disposal are those of its ground."""

    section: HospitalSection
    ground_id: int | None = None
    court: str = ""
    restriction_ended_on: date | None = None
    responsible_clinician: str = ""
    social_supervisor: str = ""
    ministry_reference: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person with all that the register holds about them."""

    area_id: int
    family_name: str
    given_names: str = ""
    date_of_birth: date | None = None
    sex: Sex = Sex.UNKNOWN
    panel_area_id: int | None = None
    handling: Handling = Handling.ORDINARY
    identifiers: tuple[IdentifierRecord, ...] = ()
    aliases: tuple[AliasRecord, ...] = ()
    addresses: tuple[AddressRecord, ...] = ()
    grounds: tuple[GroundRecord, ...] = ()
    levels: tuple[LevelRecord, ...] = ()
    whereabouts: tuple[WhereaboutsRecord, ...] = ()
    lead_agencies: tuple[LeadAgencyRecord, ...] = ()
    named_officers: tuple[NamedOfficerRecord, ...] = ()
    key_dates: tuple[KeyDateRecord, ...] = ()
    meetings: tuple[MeetingRecord, ...] = ()
    screenings: tuple[ScreeningRecord, ...] = ()
    level_1_reviews: tuple[Level1ReviewRecord, ...] = ()
    changes: tuple[ChangeRecord, ...] = ()
    participations: tuple[ParticipationRecord, ...] = ()
    personal_grants: tuple[PersonalGrantRecord, ...] = ()
    exclusions: tuple[ExclusionRecord, ...] = ()
    backgrounds: tuple[BackgroundRecord, ...] = ()
    connected_people: tuple[ConnectedPersonRecord, ...] = ()
    parallel_processes: tuple[ProcessRecord, ...] = ()
    staff_warnings: tuple[StaffWarningRecord, ...] = ()
