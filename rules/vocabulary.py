"""The words of the domain, each with its code (stored) and its label (shown). One word, one thing."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A code with the label people read. `Category("1")` finds a member by its code."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


def choices(words: type[Word]) -> list[tuple[str, str]]:
    """Code and label of every member, in the order of the rules: for fields and forms."""
    return [(word.value, word.label) for word in words]


class Category(Word):
    ONE = "1", "Category 1"
    TWO = "2", "Category 2"
    THREE = "3", "Category 3"
    FOUR = "4", "Category 4"


class Level(Word):
    NOT_SET = "not_set", "Level not yet set"
    ONE = "1", "Level 1"
    TWO = "2", "Level 2"
    THREE = "3", "Level 3"

    @property
    def is_multi_agency(self) -> bool:
        """Levels 2 and 3: managed through multi-agency meetings."""
        return self in (Level.TWO, Level.THREE)


class GroundKind(Word):
    """What makes a person a MAPPA nominal."""

    NOTIFICATION = "notification", "Sexual offence notification requirement"
    QUALIFYING_DISPOSAL = "qualifying_disposal", "Specified offence with a qualifying disposal"
    OTHER_DANGEROUS = "other_dangerous", "Other dangerous person (a decision)"
    TERRORIST_NOTIFICATION = "terrorist_notification", "Terrorist notification requirement"
    TERRORIST_DISPOSAL = "terrorist_disposal", "Terrorist or terrorist-connected offence with a qualifying disposal"
    TERRORISM_RISK = "terrorism_risk", "Risk of involvement in terrorism-related activity (a decision)"

    @property
    def is_automatic(self) -> bool:
        """Given by law alone; the other two grounds are decisions of the Responsible Authority."""
        return self not in (GroundKind.OTHER_DANGEROUS, GroundKind.TERRORISM_RISK)


class OffenceOutcome(Word):
    CONVICTION = "conviction", "Conviction"
    CAUTION = "caution", "Caution"
    INSANITY = "insanity", "Not guilty by reason of insanity"
    DISABILITY = "disability", "Unfit to stand trial, and did the act"
    REPRIMAND_OR_WARNING = "reprimand_or_warning", "Reprimand or warning"
    ORDER = "order", "Civil order only"


class Disposal(Word):
    IMPRISONMENT = "imprisonment", "Imprisonment"
    SUSPENDED_IMPRISONMENT = "suspended_imprisonment", "Suspended sentence"
    YOI_DETENTION = "yoi_detention", "Detention in a young offender institution"
    DTO = "dto", "Detention and training order"
    DETENTION_250 = "detention_250", "Detention under section 250 or 252A"
    DETENTION_HMP = "detention_hmp", "Detention at His Majesty's pleasure"
    EXTENDED = "extended", "Extended sentence"
    DETENTION_PUBLIC_PROTECTION = "detention_public_protection", "Detention for public protection"
    IPP = "ipp", "Imprisonment for public protection"
    LIFE = "life", "Life sentence or custody for life"
    HOSPITAL_ORDER = "hospital_order", "Hospital order"
    HOSPITAL_ORDER_RESTRICTED = "hospital_order_restricted", "Hospital order with restriction order"
    GUARDIANSHIP = "guardianship", "Guardianship order"
    COMMUNITY_ORDER = "community_order", "Community order"
    YOUTH_REHABILITATION_ORDER = "youth_rehabilitation_order", "Youth rehabilitation order"
    CONDITIONAL_DISCHARGE = "conditional_discharge", "Conditional discharge"
    FINE = "fine", "Fine"
    CAUTION = "caution", "Caution"
    OTHER = "other", "Other"


class OrderKind(Word):
    NONE = "", "No order"
    SHPO = "shpo", "Sexual harm prevention order"
    SOPO = "sopo", "Sexual offences prevention order"
    NOTIFICATION_ORDER = "notification_order", "Notification order"
    SRO_BREACH = "sro_breach", "Breach of a sexual risk order"


class EndReason(Word):
    """Why a ground ended. Post-sentence supervision, custody and recall are not among them (R23, R24)."""

    LICENCE_ENDED = "licence_ended", "Licence ended"
    ORDER_ENDED = "order_ended", "Order ended"
    NOTIFICATION_EXPIRED = "notification_expired", "Notification period ended"
    NOTIFICATION_REVOKED = "notification_revoked", "Notification requirement revoked on review"
    DISCHARGED_HOSPITAL = "discharged_hospital", "Discharged from the hospital or guardianship order"
    LEVEL_2_3_ENDED = "level_2_3_ended", "Level 2 or 3 management ended"
    SUPERSEDED = "superseded", "An automatic ground took its place"
    DEATH = "death", "Died"
    TRANSFERRED = "transferred", "Transferred to another area"
    OTHER = "other", "Other"


class Whereabouts(Word):
    COMMUNITY = "community", "In the community"
    APPROVED_PREMISES = "approved_premises", "Approved premises"
    CUSTODY = "custody", "In custody"
    REMAND = "remand", "Remanded in custody"
    RECALLED = "recalled", "Recalled to custody"
    HOSPITAL = "hospital", "Detained in hospital"
    HOSPITAL_LEAVE = "hospital_leave", "On leave from hospital"
    IMMIGRATION_DETENTION = "immigration_detention", "Immigration detention"
    UNLAWFULLY_AT_LARGE = "unlawfully_at_large", "Unlawfully at large"
    ABROAD = "abroad", "Abroad"
    DEAD = "dead", "Dead"


class DecidingBody(Word):
    """Who or what started a level span."""

    STATUS_OPENED = "status_opened", "Status opened, level not yet set"
    SCREENING = "screening", "Screening by the lead agency"
    REFERRAL_PANEL = "referral_panel", "Acceptance of a referral"
    MEETING = "meeting", "Meeting decision"
    CHAIR_URGENT = "chair_urgent", "Chair's urgent decision"
    LAST_GROUND_ENDED = "last_ground_ended", "Last ground ended"
    DEATH = "death", "Died"
    TRANSFER = "transfer", "Accepted transfer"
    VOIDED = "voided", "Ground voided"
    IMPORTED = "imported", "Brought in from an earlier register"


class IdentifierKind(Word):
    PNC = "pnc", "PNC ID"
    CRO = "cro", "CRO number"
    NOMS = "noms", "Prison (NOMS) number"
    CRN = "crn", "Probation case reference (CRN)"
    NHS = "nhs", "NHS number"
    VISOR = "visor", "ViSOR reference"


class Handling(Word):
    ORDINARY = "ordinary", "Ordinary"
    RESTRICTED = "restricted", "Restricted"
    CATEGORY_4 = "category_4", "Category 4"


class Sex(Word):
    MALE = "male", "Male"
    FEMALE = "female", "Female"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


class KeyDateKind(Word):
    SENTENCE = "sentence", "Sentenced"
    EARLIEST_RELEASE = "earliest_release", "Earliest release"
    RELEASE = "release", "Release"
    PAROLE_HEARING = "parole_hearing", "Parole hearing"
    TRIBUNAL = "tribunal", "Mental health tribunal"
    HOSPITAL_DISCHARGE = "hospital_discharge", "Discharge from hospital"
    LICENCE_END = "licence_end", "Licence ends"
    SENTENCE_END = "sentence_end", "Sentence ends"
    ORDER_END = "order_end", "Order ends"


class ObligationKind(Word):
    """What the ledger of obligations can hold."""

    REVIEW_LEVEL_2_3 = "review_2_3", "Level 2 or 3 review"
    SCREENING = "screening", "Screening"
    LEVEL_1_REVIEW = "level_1_review", "Level 1 review"
    LEVEL_1_EARLY_REVIEW = "level_1_early", "Early Level 1 review after a change"
    ENDING_DECISION = "ending_decision", "Decision before the last ground ends"
    FIRST_MEETING = "first_meeting", "First meeting after a referral"
    PRE_RELEASE = "pre_release", "Meeting before a release, discharge or tribunal"


class ScreeningOutcome(Word):
    """What the lead agency found when it screened a person (R41)."""

    LEVEL_1 = "level_1", "Level 1 is enough"
    REFER = "refer", "To be referred for Level 2 or 3"


class ReviewForm(Word):
    """How a Level 1 review was held (R40)."""

    MEETING = "meeting", "Meeting"
    PAPER = "paper", "Paper review"


class RiskLevel(Word):
    """The risk of serious harm, as the lead agency has assessed it (R39)."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    VERY_HIGH = "very_high", "Very high"

    @property
    def is_high(self) -> bool:
        """High or very high: one of the conditions of Level 2 (R33)."""
        return self in (RiskLevel.HIGH, RiskLevel.VERY_HIGH)


class Detention(Word):
    """Whether somebody who is referred is detained in hospital."""

    NO = "no", "Not detained"
    YES = "yes", "Detained in hospital"


class CaseChange(Word):
    """A change that brings the Level 1 review forward (R39)."""

    ADDRESS = "address", "Change of address"
    PARTNER = "partner", "New or changed relationship"
    ARREST = "arrest", "Arrest"
    RECALL = "recall", "Recall"
    BEREAVEMENT = "bereavement", "Bereavement"
    RISK = "risk", "Change of risk of serious harm"


class EndingOutcome(Word):
    """What is decided before the last ground of a person at Level 2 or 3 ends (R26)."""

    LEAVE = "leave", "Leaves MAPPA on the last day"
    CATEGORY_3 = "category_3", "To be referred as Category 3"


class DeadlineStatus(Word):
    """What `rules.deadlines.status_of` says. "Overdue" is never stored."""

    PAUSED = "paused", "Paused"
    OPEN = "open", "Open"
    OVERDUE = "overdue", "Overdue"
    MET = "met", "Met in time"
    MET_LATE = "met_late", "Met late"
    CANCELLED = "cancelled", "Cancelled"
    BROUGHT_FORWARD = "brought_forward", "Brought forward"


class YearlyLevelBasis(Word):
    """At which level a person at both levels in one category counts in the year (R86)."""

    HIGHEST = "highest", "The highest level of the year"
    FIRST_IN_YEAR = "first_in_year", "The first level in the year"


class AliasKind(Word):
    ALIAS = "alias", "Alias"
    NICKNAME = "nickname", "Nickname"
    FORMER_NAME = "former", "Former name"


class ParticipationSource(Word):
    """Why an agency or a person takes part in a case."""

    LEAD = "lead", "Leads the case"
    NAMED_OFFICER = "named_officer", "Named officer"
    NAMED_READER = "named_reader", "Named reader of a restricted record"
    SAMPLE = "sample", "Reviewer's sample"
    GRANT = "grant", "Opened by the unit"
    ACTION = "action", "Has an action to do"
    REFERRAL = "referral", "Endorses or decides on a referral"
    MEETING = "meeting", "Invited to a meeting"


class ActionOutcome(Word):
    """How an action ended."""

    DONE = "done", "Done"
    NOT_DONE = "not_done", "Not done"
    NOT_NEEDED = "not_needed", "No longer needed"


class AgreementKind(Word):
    """What an agency signs to take part."""

    MEMORANDUM = "memorandum", "Memorandum of understanding"
    INFORMATION_SHARING = "isa", "Information sharing agreement"


class AgreementState(Word):
    """What has become of an agency's agreements of one kind on a day (R96)."""

    NEVER_SIGNED = "never_signed", "Never signed"
    EXPIRED = "expired", "Expired"
    RUNNING_OUT = "running_out", "Running out"
    IN_FORCE = "in_force", "In force"


class ContactPart(Word):
    """By whom an agency is reached."""

    SPOC = "spoc", "Single point of contact"
    DEPUTY = "deputy", "Deputy"


class PersonWord(Word):
    """What an area calls a managed person. "Child" is said of a child instead of "offender" (R30)."""

    NOMINAL = "nominal", "nominal"
    OFFENDER = "offender", "offender"
    PERSON = "person", "person"
    SUBJECT = "subject", "subject"
    CHILD = "child", "child"

    @property
    def one(self) -> str:
        """With its article."""
        return f"an {self.value}" if self is PersonWord.OFFENDER else f"a {self.value}"

    @property
    def plural(self) -> str:
        """Several of them."""
        return {"person": "people", "child": "children"}.get(self.value, f"{self.value}s")


class HospitalSection(Word):
    """Under which section of which Act an order or transfer to hospital, or a guardianship order, was made."""

    HOSPITAL = "37", "Section 37 hospital order"
    HOSPITAL_RESTRICTED = "37_41", "Section 37 hospital order with section 41 restriction order"
    GUARDIANSHIP = "37_guardianship", "Section 37 guardianship order"
    INSANITY = "insanity", "Section 5, Criminal Procedure (Insanity) Act 1964"
    INSANITY_RESTRICTED = "insanity_41", "Section 5, Criminal Procedure (Insanity) Act 1964, with restriction"
    DIRECTION = "45a", "Section 45A hospital direction with limitation direction"
    TRANSFER = "47", "Section 47 transfer from prison"
    TRANSFER_RESTRICTED = "47_49", "Section 47 transfer from prison with section 49 restriction"
    REMAND_TRANSFER = "48_49", "Section 48 transfer on remand with section 49 restriction"

    @property
    def is_restricted(self) -> bool:
        """Leave and discharge need the Ministry of Justice or a tribunal."""
        return self in (
            HospitalSection.HOSPITAL_RESTRICTED,
            HospitalSection.INSANITY_RESTRICTED,
            HospitalSection.DIRECTION,
            HospitalSection.TRANSFER_RESTRICTED,
            HospitalSection.REMAND_TRANSFER,
        )


class HospitalStage(Word):
    """What a hospital or guardianship order lets the person do, from a day on."""

    DETAINED = "detained", "Detained, without leave"
    ESCORTED_LEAVE = "escorted_leave", "Detained, escorted leave granted"
    UNESCORTED_LEAVE = "unescorted_leave", "Detained, unescorted leave granted"
    OVERNIGHT_LEAVE = "overnight_leave", "On overnight or extended leave"
    CONDITIONAL_DISCHARGE = "conditional_discharge", "Conditionally discharged"
    COMMUNITY_TREATMENT = "community_treatment", "On a community treatment order"
    GUARDIANSHIP = "guardianship", "Under guardianship in the community"
    RECALLED = "recalled", "Recalled to hospital"


class ContactAllowed(Word):
    """Whether the person may be in touch with somebody."""

    YES = "yes", "Allowed"
    WITH_CONDITIONS = "with_conditions", "Allowed with conditions"
    NO = "no", "Not allowed"
    NOT_DECIDED = "not_decided", "Not decided"


class ProcessKind(Word):
    """Other arrangements that run beside MAPPA: only their reference and dates are kept here.

    Of victim contact not even a reference: that it applies, and whose liaison officer is to be invited (R82).
    """

    MARAC = "marac", "MARAC (domestic abuse conference)"
    IOM = "iom", "Integrated offender management"
    CHILD_PROTECTION = "child_protection", "Child protection"
    PAROLE = "parole", "Parole"
    TAG = "tag", "Electronic tag"
    WORK = "work", "Restriction on work"
    VICTIM_CONTACT = "victim_contact", "Victim contact"
    OTHER = "other", "Other process"


class WarningKind(Word):
    """Of what staff are warned before they meet the person."""

    VIOLENCE = "violence", "Violence to staff"
    WEAPONS = "weapons", "Weapons"
    DOGS = "dogs", "Dangerous dog"
    NOT_ALONE = "not_alone", "Do not see alone"
    HEALTH = "health", "Health or infection"
    SELF_HARM = "self_harm", "Self-harm"
    ALLEGATIONS = "allegations", "False allegations"
    OTHER = "other", "Other warning"


class AnomalyKind(Word):
    """Why somebody's looks at records on one day stand out (R101)."""

    OWN_NAME = "own_name", "Their own surname"
    NEIGHBOURS = "neighbours", "Neighbours"
    MANY = "many", "Many records in an hour"
    OUT_OF_HOURS = "out_of_hours", "Out of hours"
    OUTSIDE_CASELOAD = "outside_caseload", "Outside their caseload"
    REFUSALS = "refusals", "Refused again and again"


class ReferralState(Word):
    """Where a referral stands (R45). The last three are ends."""

    DRAFT = "draft", "Draft"
    AWAITING_ENDORSEMENT = "awaiting_endorsement", "Waiting for endorsement"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned incomplete"
    UNDER_PANEL = "under_panel", "Under panel"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ReferralVerb(Word):
    """What is done with a referral (R45)."""

    ASK_ENDORSEMENT = "ask_endorsement", "Ask for endorsement"
    SEND_BACK = "send_back", "Send back to the author"
    ENDORSE = "endorse", "Endorse and submit"
    REGISTER = "register", "Register as received"
    RETURN = "return", "Return as incomplete"
    TAKE_TO_PANEL = "take_to_panel", "Give to the panel"
    ACCEPT = "accept", "Accept"
    DECLINE = "decline", "Decline"
    WITHDRAW = "withdraw", "Withdraw"

    @property
    def done(self) -> str:
        """What was done, for who reads it afterwards."""
        return {
            "ask_endorsement": "Sent for endorsement",
            "send_back": "Sent back to the author",
            "endorse": "Endorsed and submitted",
            "register": "Registered as received",
            "return": "Returned as incomplete",
            "take_to_panel": "Given to the panel",
            "accept": "Accepted",
            "decline": "Declined",
            "withdraw": "Withdrawn",
        }[self.value]


class ReferralHand(Word):
    """Into whose hands a referral comes with its state as it is: the label says what was done, as it is read after."""

    PASSED_ON = "passed_on", "Passed on to another author"
    ASKED_ANOTHER = "asked_another", "Another manager asked to endorse"


class DocumentKind(Word):
    """The kinds of document that are taken in; the code is the ending of the file's name."""

    PDF = "pdf", "PDF"
    WORD = "docx", "Word"


class DocumentState(Word):
    """Whether a document that came in is let on: nobody is given it before it is clean."""

    RECEIVED = "received", "Received, not looked through"
    CLEAN = "clean", "Looked through"
    QUARANTINED = "quarantined", "Held back"


class ReferralItem(Word):
    """What a referral must hold before a panel decides on it (R44), and what an acceptance rests on."""

    RECEIVED_ON = "received_on", "Date received"
    REFERRER = "referrer", "Who refers"
    AGENCY = "agency", "Agency that refers"
    ENDORSED_BY = "endorsed_by", "Manager who endorses"
    GROUND = "ground", "Category and its ground"
    LEVEL_ASKED = "level_asked", "Level asked for"
    OUTCOME = "outcome", "Outcome of the offence, for Category 3"
    VALUE = "value", "What meetings of several agencies would add"
    SENIOR = "senior", "Why senior people must take part, for Level 3"
    RISK = "risk", "Risk of serious harm"
    VICTIMS = "victims", "Victims and potential victims"
    PLAN = "plan", "Current risk management plan"
    LOWER_LEVEL = "lower_level", "Why a lower level is not enough"
    INVITE = "invite", "Agencies to invite"
    FINDINGS = "findings", "The two findings of Category 3"


class Vote(Word):
    """What a panel member says to a referral (R46)."""

    LEVEL_2 = "level_2", "Accept at Level 2"
    LEVEL_3 = "level_3", "Accept at Level 3"
    DECLINE = "decline", "Decline"

    @property
    def level(self) -> Level | None:
        """The level at which this vote accepts; None declines."""
        return {"level_2": Level.TWO, "level_3": Level.THREE}.get(self.value)


class PanelStanding(Word):
    """What the votes of a panel amount to (R46)."""

    OPEN = "open", "Votes are missing"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    ESCALATED = "escalated", "No majority can be reached"


class DeclineReason(Word):
    """Why a referral is declined (R48)."""

    NO_GROUND = "no_ground", "No qualifying ground"
    NO_VALUE = "no_value", "Meetings would add no value"
    LOWER_LEVEL = "lower_level", "A lower level gives a defensible plan"
    ELSEWHERE = "elsewhere", "Belongs elsewhere: MARAC, care programme, counter-terrorism, another area"
    TOO_EARLY = "too_early", "Too early"
    ENDED = "ended", "No longer under MAPPA"
    NO_OFFENCE = "no_offence", "No offence: police process for potentially dangerous people"


class FirstMeetingKind(Word):
    """Which clock the first meeting after acceptance runs on (R49)."""

    COMMUNITY_DISPOSAL = "community_disposal", "Community disposal: from sentence"
    BEFORE_RELEASE = "before_release", "Before release or discharge"
    OTHER_COMMUNITY = "other_community", "In the community: from acceptance"


class ThresholdingOutcome(Word):
    """What came of asking whether domestic abuse or stalking needs Level 2 or 3 (R50)."""

    REFER = "refer", "Refer to Level 2 or 3"
    LEVEL_1 = "level_1", "Stays at Level 1"
    MARAC = "marac", "MARAC"
    NOT_MET = "not_met", "Threshold not met"


class FirstNotificationState(Word):
    """What has become of a first notification (R43)."""

    WAITING = "waiting", "Waiting"
    TAKEN_OVER = "taken_over", "Taken over"
    REFUSED = "refused", "Refused"


class ReceivedBy(Word):
    """How something came to the unit that an agency did not enter itself (R108)."""

    PAPER = "paper", "On paper"
    EMAIL = "e-mail", "By e-mail"
    PHONE = "phone", "By telephone"


class AdviceOutcome(Word):
    """What follows from advice that the unit gave."""

    REFER = "refer", "Refer to Level 2 or 3"
    MARAC = "marac", "Take to MARAC"
    LEVEL_1 = "level_1", "Stay at Level 1"
    CALL_BACK = "call_back", "Call back"
    NOTHING = "nothing", "Nothing further"


class MeetingKind(Word):
    """What a Level 2 or 3 meeting is for (R55)."""

    INITIAL = "initial", "Initial meeting"
    REVIEW = "review", "Review"
    EMERGENCY = "emergency", "Emergency meeting"
    PRE_RELEASE = "pre_release", "Pre-release meeting"
    EXIT = "exit", "Exit meeting"
    HANDOVER = "handover", "Handover meeting"


class Weekday(Word):
    """A day on which a panel usually sits."""

    MONDAY = "0", "Monday"
    TUESDAY = "1", "Tuesday"
    WEDNESDAY = "2", "Wednesday"
    THURSDAY = "3", "Thursday"
    FRIDAY = "4", "Friday"

    @property
    def number(self) -> int:
        """Monday is 0, as in `date.weekday`."""
        return int(self.value)


class ChairRole(Word):
    """Who chairs, as far as the level asks (R56)."""

    COORDINATOR = "coordinator", "Coordination manager"
    SENIOR_MANAGER = "senior_manager", "Senior manager of the Responsible Authority"
    NATIONAL_SECURITY = "national_security", "National Security Division"


class SittingState(Word):
    """What has become of a sitting."""

    PEOPLE = "people", "With people"
    EMPTY = "empty", "Nobody in it yet"
    RELEASED = "released", "Let go"
    PLANNED = "planned", "In the calendar"
    CANCELLED = "cancelled", "Cancelled"


class SlotVerb(Word):
    """What is done with somebody's time in a sitting."""

    PLACED = "placed", "Placed"
    MOVED = "moved", "Moved"
    CANCELLED = "cancelled", "Cancelled"
    KEPT = "kept", "Kept"


class BookingPart(Word):
    """As what somebody or something is kept busy by a slot."""

    CHAIR = "chair", "Chair"
    REPRESENTATIVE = "representative", "Represents an agency"
    ROOM = "room", "Room"


class Tenure(Word):
    """Whose home somebody lives in."""

    UNKNOWN = "", "Not known whose home it is: housing is invited"
    COUNCIL = "council", "Rents from a council"
    SOCIAL = "social", "Rents from a housing association or other social landlord"
    TEMPORARY = "temporary", "Hostel, approved premises or another temporary place"
    PRIVATE = "private", "Rents privately"
    OWNED = "owned", "Owns it"
    FAMILY = "family", "Lives with family or friends"


class Immigration(Word):
    """What immigration control has to do with somebody. `IN_WORDS`: words of before it was asked, not answered yet."""

    NOT_ASKED = "", "Not asked"
    NONE = "none", "No immigration control"
    FOREIGN = "foreign", "Foreign national"
    REMOVAL = "removal", "Liable to removal or deportation"
    IN_WORDS = "in_words", "Not answered: until it is, the words count as a reason to invite"


class InviteReason(Word):
    """Why an agency is invited to the meeting about somebody (R57). Only `BY_HAND` is said in words."""

    STANDING = "standing", "Standing member of the panel"
    RESPONSIBLE = "responsible", "Responsible Authority"
    LEAD = "lead", "Leads the case"
    OFFICER = "officer", "Its officer is named in the case"
    CHILD = "child", "Under 18"
    CHILD_NEAR = "child_near", "A child is close to the person"
    IMMIGRATION = "immigration", "Foreign national or removal"
    TAG = "tag", "Electronic tag"
    PATIENT = "patient", "Detained patient"
    WORK = "work", "Restriction on work"
    VICTIM_CONTACT = "victim_contact", "Victim contact"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"
    HOUSING = "housing", "Tenancy, or homeless"
    CUSTODY = "custody", "In custody"
    APPROVED_PREMISES = "approved_premises", "In approved premises"
    CATEGORY_4 = "category_4", "Category 4"
    BY_HAND = "by_hand", "Added by the unit"


class InvitationAnswer(Word):
    """What an invited agency says (R59)."""

    NONE = "none", "No reply"
    ATTENDING = "attending", "Attending"
    DEPUTY = "deputy", "Sending a deputy"
    REPORT = "report", "Apologies, with a report"
    APOLOGIES = "apologies", "Apologies, without a report"
    NOT_NEEDED = "not_needed", "Not needed"

    @property
    def comes(self) -> bool:
        """Somebody comes, or may still come: the meeting stays in their calendar."""
        return self in (InvitationAnswer.NONE, InvitationAnswer.ATTENDING, InvitationAnswer.DEPUTY)


class ReceivedHow(Word):
    """How an answer reached the unit that writes it down (R108)."""

    PHONE = "phone", "By phone"
    EMAIL = "email", "By e-mail"
    MEETING = "meeting", "In a meeting"
    CALENDAR = "calendar", "By calendar reply"


class CalendarAnswer(Word):
    """What somebody has answered in their calendar program (RFC 5545, section 3.2.12)."""

    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    TENTATIVE = "tentative", "Perhaps"
    DELEGATED = "delegated", "Passed on to somebody else"


class ReplyState(Word):
    """What became of a message that came to the mailbox of replies."""

    COUNTED = "counted", "Counted"
    WAITING = "waiting", "To be looked at"
    BY_HAND = "by_hand", "Recorded by hand"
    NOTHING = "nothing", "Nothing to do"


class CalendarMethod(Word):
    """What a calendar program is asked to do with an entry (RFC 5546)."""

    REQUEST = "request", "Put in, or change"
    CANCEL = "cancel", "Take out"


class Purpose(Word):
    """What a copy is taken for, as whoever takes it says: words to choose from, so that no log holds typed text."""

    MEETING = "meeting", "For a MAPPA meeting"
    MANAGING = "managing", "For managing the person"
    COURT = "court", "For a court, a tribunal or the Parole Board"
    OWN_DATA = "own_data", "For a person who asks for their own data"
    REVIEW = "review", "For a review, an audit or an inspection"
    OTHER = "other", "For something else"
