"""Referrals up to the panel: written, endorsed, received, returned, linked to a record, withdrawn (R44, R45)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from agencies.access import can, can_in_area, visible
from agencies.models import Agency, Membership, User
from agencies.principal import Principal
from agencies.roles import Perm, roles_with
from audit.boundary import record_event, service
from cases.facts import whereabouts_facts
from cases.models import Advice, Nominal, Referral, ReferralChange, ReferralDraft
from cases.referral_mail import tell_author, tell_endorser, tell_panel
from cases.referrals import DRAFTABLE, cannot_be_read, fits_together, held_items, overall_risk, seats_on
from rules.core import Decision, Reason
from rules.referrals import may_be_referred, may_submit, missing_items
from rules.transitions import may_move_referral, referral_after
from rules.vocabulary import PanelStanding, ReferralState, ReferralVerb

from .locking import hold_area, locked, locked_referral
from .panel_standing import note_standing
from .referral_readers import follow_readers

_NOBODY_ENDORSES = (
    "Nobody else of the agency that refers is marked as a manager, and only a manager endorses. A system administrator "
    "of your area marks one, under People, beside their role. What you wrote is kept."
)
_NOT_MARKED = (
    "You are not marked as a manager of this agency, and only a manager endorses. A system administrator of your area "
    "marks you, under People, beside your role; or send it back, for its author to ask another."
)
_WITH_THE_UNIT = (ReferralState.SUBMITTED, ReferralState.UNDER_PANEL)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a referral is about: a record of the register, or a name that is not (yet) found in it."""

    nominal_id: int | None = None
    family_name: str = ""
    given_names: str = ""
    born_on: date | None = None


def may_start_referral(agency: Agency | None = None, *, by: Principal, today: date) -> Decision:
    """Whether a referral may be begun for the agency; without one, whether any may be, for the button."""
    allowed = can(by, Perm.REFERRAL_WRITE)
    if not allowed or agency is None:
        return allowed
    if can_in_area(by, Perm.REFERRAL_HANDLE, agency.area_id) or agency.pk == by.agency_id:
        return allowed
    return Decision.no(Reason("Refer for the agency you act for.", "R44"))


def may_refer(nominal: Nominal, *, by: Principal, today: date) -> Decision:
    """Whether a referral of this person may be begun, for the button beside their record."""
    facts = [whereabouts_facts(row) for row in nominal.whereabouts.all()]
    return may_start_referral(by=by, today=today) & may_be_referred(facts, today)


@service(event="referral_started", asks=may_start_referral)
def start_referral(*, by: Principal, today: date, agency_id: int, subject: Subject) -> Referral:
    """Begin a draft. What the register knows of the person is filled in by the form. Raises ``Refused``."""
    agency = Agency.objects.get(pk=agency_id)
    _lock(subject, by)
    decision = may_start_referral(agency, by=by, today=today) & _known(subject, by)
    if decision and subject.nominal_id is not None:
        decision &= may_refer(Nominal.objects.get(pk=subject.nominal_id), by=by, today=today)
    decision.or_refuse()
    stored = Referral.objects.create(
        area_id=agency.area_id, agency=agency, author_id=by.user_id, referrer=by.name, **_of(subject)
    )
    record_event(stored, root=stored.nominal_id, agency=agency_id)
    return stored


def may_write_referral(referral: Referral, *, by: Principal, today: date) -> Decision:
    """Whether its text may be changed: by its author while it is a draft or returned.

    What a document says is typed by the unit until it is decided: the panel has read the document.
    """
    allowed = can(by, Perm.REFERRAL_WRITE, referral)
    if not allowed:
        return allowed
    state = ReferralState(referral.state)
    if state in DRAFTABLE:
        if referral.author_id is None or is_author(referral, by=by):
            return allowed
        return Decision.no(
            Reason("Only its author, acting for its agency, changes a referral before it is submitted.", "R44")
        )
    if state in _WITH_THE_UNIT and referral.author_id is None:
        return allowed & can(by, Perm.REFERRAL_HANDLE, referral)
    return Decision.no(Reason(f"This referral is “{state.label.lower()}”: its text stands.", "R45"))


@service(event="referral_written", asks=may_write_referral)
def write_referral(
    *, by: Principal, today: date, referral_id: int, section: str, values: Mapping[str, Any], version: int
) -> Referral:
    """Save a section. ``values`` are columns of the referral. The risk to a group without the overall one works that
    out. Raises ``Conflict`` when somebody else has saved since, and ``Refused``.
    """
    referral = locked_referral(referral_id, version)
    may_write_referral(referral, by=by, today=today).or_refuse()
    for name, value in values.items():
        setattr(referral, name, value.strip() if isinstance(value, str) else value)
    referral.risk_level = overall_risk(referral, values)
    fits_together(referral).or_refuse()
    referral.version += 1
    referral.save(update_fields=list({*values, "risk_level", "version"}))
    ReferralDraft.objects.filter(referral=referral, section=section, user=by.user_id).delete()
    record_event(referral, root=referral.nominal_id, section=section)
    return referral


@service(event="referral_draft_kept", asks=may_write_referral)
def keep_draft(
    *, by: Principal, today: date, referral_id: int, section: str, values: Mapping[str, Any]
) -> ReferralDraft:
    """Keep what is being typed into a section, without a lock: the referral stays as it is. Raises ``Refused``."""
    referral = Referral.objects.get(pk=referral_id)
    may_write_referral(referral, by=by, today=today).or_refuse()
    draft, _ = ReferralDraft.objects.update_or_create(
        referral=referral, section=section, user_id=by.user_id, defaults={"values": dict(values)}
    )
    record_event(draft, root=referral.nominal_id, section=section)
    return draft


def may_ask_endorsement(referral: Referral, *, by: Principal, today: date, endorser: User | None = None) -> Decision:
    """Whether it may go to a manager: complete, by its author, to somebody else, marked as one of the same agency."""
    decision = can(by, Perm.REFERRAL_WRITE, referral) & may_move_referral(
        ReferralState(referral.state), ReferralVerb.ASK_ENDORSEMENT
    )
    if not decision:
        return decision
    if not is_author(referral, by=by):
        return Decision.no(Reason("Only its author, acting for its agency, sends a referral to be endorsed.", "R44"))
    decision &= may_submit(held_items(referral))
    endorsers = set(endorsers_of(referral, on=today))
    if not endorsers:
        decision &= Decision.no(Reason(_NOBODY_ENDORSES, "R44"))
    elif endorser is not None and endorser not in endorsers:
        text = "Choose somebody who is marked as a manager of the agency and can sign in, not yourself."
        decision &= Decision.no(Reason(text, "R44"))
    return decision


@service(event="referral_sent_for_endorsement", asks=may_ask_endorsement)
def ask_endorsement(
    *, by: Principal, today: date, referral_id: int, endorser_id: int, version: int | None = None
) -> Referral:
    """Send a complete referral to the manager who endorses it. They can read it from then on, and the record that its
    author chose, until the last day on which they are waited for. Raises ``Refused``.
    """
    referral = locked_referral(referral_id, version)
    endorser = User.objects.get(pk=endorser_id)
    may_ask_endorsement(referral, by=by, today=today, endorser=endorser).or_refuse()
    referral.endorser = endorser
    change = moved(referral, ReferralVerb.ASK_ENDORSEMENT, by, today, "", "endorser")
    follow_readers(referral.nominal_id, by=by, today=today)
    tell_endorser(referral, change, by=by, today=today)
    record_event(referral, root=referral.nominal_id, endorser=endorser_id)
    return referral


def may_answer_endorsement(
    referral: Referral, *, by: Principal, today: date, verb: ReferralVerb = ReferralVerb.ENDORSE
) -> Decision:
    """Whether the manager who was asked may endorse it, or send it back: that also when marked as one no more."""
    decision = can(by, Perm.REFERRAL_ENDORSE, referral) & may_move_referral(ReferralState(referral.state), verb)
    if decision and referral.endorser_id != by.user_id:
        return Decision.no(Reason("Only the manager who was asked answers.", "R44"))
    return decision & _answers(referral, verb, by, today) if decision else decision


@service(event="referral_endorsed", asks=may_answer_endorsement)
def endorse_referral(*, by: Principal, today: date, referral_id: int, version: int | None = None) -> Referral:
    """Endorse and submit: from today it is received by the unit. Raises ``Refused``."""
    referral = locked_referral(referral_id, version)
    may_answer_endorsement(referral, by=by, today=today).or_refuse()
    referral.endorsed_by, referral.endorsed_on = by.name, today
    if referral.received_on is None:
        referral.received_on = today
    moved(referral, ReferralVerb.ENDORSE, by, today, "", "endorsed_by", "endorsed_on", "received_on")
    follow_readers(referral.nominal_id, by=by, today=today)
    record_event(referral, root=referral.nominal_id, received_on=referral.received_on)
    return referral


@service(event="referral_sent_back", asks=may_answer_endorsement)
def send_back(*, by: Principal, today: date, referral_id: int, note: str, version: int | None = None) -> Referral:
    """The manager sends it back to its author, and says why. Raises ``Refused``."""
    referral = locked_referral(referral_id, version)
    decision = may_answer_endorsement(referral, by=by, today=today, verb=ReferralVerb.SEND_BACK)
    (decision & _said(note)).or_refuse()
    tell_author(referral, moved(referral, ReferralVerb.SEND_BACK, by, today, note), by=by, today=today)
    follow_readers(referral.nominal_id, by=by, today=today)
    record_event(referral, root=referral.nominal_id)
    return referral


def may_register_received(agency: Agency | None = None, *, by: Principal, today: date) -> Decision:
    """Whether a referral that came on paper or by mail may be registered; without an agency, for the button."""
    allowed = can(by, Perm.REFERRAL_HANDLE)
    return allowed & can_in_area(by, Perm.REFERRAL_HANDLE, agency.area_id) if agency is not None else allowed


@service(event="referral_registered", asks=may_register_received)
def register_received(
    *,
    by: Principal,
    today: date,
    agency_id: int,
    subject: Subject,
    referrer: str,
    endorsed_by: str,
    received_on: date,
    category: str,
    level_asked: str,
    advice_id: int | None = None,
) -> Referral:
    """Register a referral that came as a document: only what drives rules is typed, the panel reads the document.

    ``advice_id`` is the advice after which it came. Raises ``Refused``.
    """
    agency = Agency.objects.get(pk=agency_id)
    _lock(subject, by)
    decision = may_register_received(agency, by=by, today=today) & _known(subject, by)
    if advice_id is not None:
        given = Advice.objects.filter(pk=advice_id, area=agency.area_id)
        if not visible(by, given, Perm.ADVICE_RECORD).exists():
            decision &= Decision.no(Reason("No such advice is found.", "R45"))
    if received_on > today:
        decision &= Decision.no(Reason("A referral is registered when it has come.", "R44"))
    decision.or_refuse()
    stored = Referral.objects.create(
        area_id=agency.area_id, agency=agency, referrer=referrer.strip(), endorsed_by=endorsed_by.strip(),
        endorsed_on=received_on if endorsed_by.strip() else None, received_on=received_on, category=category,
        level_asked=level_asked, state=ReferralState.SUBMITTED, from_advice_id=advice_id, **_of(subject),
    )  # fmt: skip
    ReferralChange.objects.create(
        referral=stored, verb=ReferralVerb.REGISTER, state=stored.state, happened_on=received_on, by_id=by.user_id
    )  # fmt: skip
    record_event(stored, root=stored.nominal_id, agency=agency_id, received_on=received_on)
    return stored


def may_register_again(referral: Referral, *, by: Principal, today: date) -> Decision:
    """Whether a referral that came as a document, and was returned, has come again."""
    decision = can(by, Perm.REFERRAL_HANDLE, referral) & may_move_referral(
        ReferralState(referral.state), ReferralVerb.REGISTER
    )
    if decision and referral.author_id is not None:
        return Decision.no(Reason("Its author sends it again, when a manager has endorsed it.", "R44"))
    return decision


@service(event="referral_registered_again", asks=may_register_again)
def register_again(*, by: Principal, today: date, referral_id: int, version: int | None = None) -> Referral:
    """Register that a returned document came again, complete: its clock runs on (R44). Raises ``Refused``."""
    referral = locked_referral(referral_id, version)
    may_register_again(referral, by=by, today=today).or_refuse()
    moved(referral, ReferralVerb.REGISTER, by, today, "")
    record_event(referral, root=referral.nominal_id)
    return referral


def may_handle_referral(
    referral: Referral, *, by: Principal, today: date, verb: ReferralVerb, note: str | None = None
) -> Decision:
    """Whether the unit may do this with the referral: return it, or give it to the panel; with a note, whether with it.

    A panel that would have nothing to read is given the reason.
    """
    decision = can(by, Perm.REFERRAL_HANDLE, referral) & may_move_referral(ReferralState(referral.state), verb)
    if decision and verb is ReferralVerb.TAKE_TO_PANEL:
        # What came as a document is read there; the rest must be complete here.
        if referral.author_id is not None:
            decision &= may_submit(held_items(referral))
        if not seats_on(referral.area_id, today).exists():
            decision &= Decision.no(Reason("The panel has no members today. Name them first.", "R46"))
        if note is not None and not note.strip() and cannot_be_read(referral):
            text = "No document of it can be read here. Add one first, or say why the panel goes without it."
            decision &= Decision.no(Reason(text, "R46"))
    return decision


@service(event="referral_returned", asks=may_handle_referral)
def return_referral(*, by: Principal, today: date, referral_id: int, note: str, version: int | None = None) -> Referral:
    """Return it with what is missing; its clock stands until it comes again (R44). Raises ``Refused``."""
    referral = locked_referral(referral_id, version)
    decision = may_handle_referral(referral, by=by, today=today, verb=ReferralVerb.RETURN)
    (decision & _said(note)).or_refuse()
    missing = [item.value for item in missing_items(held_items(referral))]
    tell_author(referral, moved(referral, ReferralVerb.RETURN, by, today, note), by=by, today=today)
    follow_readers(referral.nominal_id, by=by, today=today)
    record_event(referral, root=referral.nominal_id, missing=missing)
    return referral


@service(event="referral_given_to_panel", asks=may_handle_referral)
def give_to_panel(
    *, by: Principal, today: date, referral_id: int, note: str = "", version: int | None = None
) -> Referral:
    """Give it to the panel: its members and their substitutes can read the record behind it until it is decided (R46).

    ``note`` says why the panel goes without the document, where that is not here. Raises ``Refused``.
    """
    referral = locked_referral(referral_id, version)
    hold_area(referral.area_id)
    may_handle_referral(referral, by=by, today=today, verb=ReferralVerb.TAKE_TO_PANEL, note=note).or_refuse()
    change = moved(referral, ReferralVerb.TAKE_TO_PANEL, by, today, note)
    follow_readers(referral.nominal_id, by=by, today=today)
    tell_panel(referral, change, by=by, today=today)
    note_standing(referral, by=by, today=today)
    record_event(referral, root=referral.nominal_id)
    return referral


def may_withdraw_referral(referral: Referral, *, by: Principal, today: date) -> Decision:
    """Whether it may be withdrawn: by its author, or by the unit for the agency."""
    decision = may_move_referral(ReferralState(referral.state), ReferralVerb.WITHDRAW)
    if is_author(referral, by=by):
        return can(by, Perm.REFERRAL_WRITE, referral) & decision
    return can(by, Perm.REFERRAL_HANDLE, referral) & decision


@service(event="referral_withdrawn", asks=may_withdraw_referral)
def withdraw_referral(
    *, by: Principal, today: date, referral_id: int, note: str, version: int | None = None
) -> Referral:
    """Withdraw it, and say why. It stays countable (R45). Raises ``Refused``."""
    referral = locked_referral(referral_id, version)
    (may_withdraw_referral(referral, by=by, today=today) & _said(note)).or_refuse()
    moved(referral, ReferralVerb.WITHDRAW, by, today, note)
    follow_readers(referral.nominal_id, by=by, today=today)
    record_event(referral, root=referral.nominal_id)
    return referral


def may_link_person(referral: Referral, *, by: Principal, today: date, nominal: Nominal | None = None) -> Decision:
    """Whether the referral may be linked to a record; without one, whether any may be, for the button."""
    decision = can(by, Perm.REFERRAL_HANDLE, referral)
    if not decision:
        return decision
    if referral.nominal_id is not None:
        decision &= Decision.no(Reason("It is linked to a record.", "R44"))
    if ReferralState(referral.state) not in (ReferralState.SUBMITTED, ReferralState.UNDER_PANEL):
        decision &= Decision.no(Reason("A referral is linked when it has come and before it is decided.", "R44"))
    if nominal is not None:
        decision &= can(by, Perm.NOMINAL_VIEW, nominal)
        if nominal.area_id != referral.area_id:
            decision &= Decision.no(Reason("The record belongs to another area.", "R97"))
    return decision


@service(event="referral_linked", asks=may_link_person)
def link_person(*, by: Principal, today: date, referral_id: int, nominal_id: int) -> Referral:
    """Say which record of the register the referral is about. From then on that record's access holds for everybody
    but those who wrote it: they keep it as they wrote it, and nothing there changes by this. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    referral = locked_referral(referral_id)
    may_link_person(referral, by=by, today=today, nominal=nominal).or_refuse()
    referral.nominal = nominal
    referral.save(update_fields=["nominal"])
    if referral.state == ReferralState.UNDER_PANEL:
        hold_area(referral.area_id)
        follow_readers(nominal.pk, by=by, today=today)
    record_event(referral, root=nominal.pk)
    return referral


def _answers(referral: Referral, verb: ReferralVerb, by: Principal, today: date) -> Decision:
    """The system acts for no agency; a person acts for the one that refers, and endorses as its manager of today."""
    if by.user_id is None:
        return Decision.yes()
    if by.agency_id != referral.agency_id or not _colleagues_of(referral, today).filter(user=by.user_id).exists():
        return Decision.no(Reason("Only a manager of the agency that refers answers, acting for it.", "R44"))
    if verb is ReferralVerb.ENDORSE and not endorsers_of(referral, on=today).filter(pk=by.user_id).exists():
        return Decision.no(Reason(_NOT_MARKED, "R44"))
    return Decision.yes()


def is_author(referral: Referral, *, by: Principal) -> bool:
    """Whether the principal wrote it and acts for the agency that refers; the unit writes for any of its area (R44)."""
    if referral.author_id != by.user_id:
        return False
    return by.agency_id == referral.agency_id or bool(can_in_area(by, Perm.REFERRAL_HANDLE, referral.area_id))


def endorsers_of(referral: Referral, *, on: date) -> QuerySet[User]:
    """Who may be asked to endorse: managers of the referring agency, marked as such, and not its author (R44)."""
    members = _colleagues_of(referral, on).filter(manages=True)
    return User.objects.filter(pk__in=members.values("user"), is_active=True).exclude(pk=referral.author_id or 0)


def _colleagues_of(referral: Referral, on: date) -> QuerySet[Membership]:
    return Membership.objects.on(on).filter(agency=referral.agency_id, role__in=roles_with(Perm.REFERRAL_ENDORSE))


def _lock(subject: Subject, by: Principal) -> None:
    """Lock the record that is referred, if it may be read. Raises ``Conflict`` when it has been merged meanwhile."""
    if subject.nominal_id is not None and _known(subject, by):
        locked(subject.nominal_id)


def _known(subject: Subject, by: Principal) -> Decision:
    """Whom it is about is said: a record that may be read, or a name."""
    if subject.nominal_id is not None:
        rows = Nominal.objects.filter(pk=subject.nominal_id)
        if visible(by, rows, Perm.NOMINAL_VIEW).exists():
            return Decision.yes()
        return Decision.no(Reason("No such person is found. Search again, or enter their name.", "R4"))
    if subject.family_name.strip():
        return Decision.yes()
    return Decision.no(Reason("Choose a person of the register, or enter their surname or only name.", "R1"))


def _of(subject: Subject) -> dict[str, Any]:
    return {
        "nominal_id": subject.nominal_id,
        "family_name": "" if subject.nominal_id else subject.family_name.strip(),
        "given_names": "" if subject.nominal_id else subject.given_names.strip(),
        "born_on": None if subject.nominal_id else subject.born_on,
    }


def _said(note: str) -> Decision:
    return Decision.yes() if note.strip() else Decision.no(Reason("Say why.", "R45"))


def moved(
    referral: Referral, verb: ReferralVerb, by: Principal, today: date, note: str, *changed: str
) -> ReferralChange:
    """Change the state and stamp it, within a service. The caller holds the lock and has asked the table."""
    after = referral_after(ReferralState(referral.state), verb)
    assert after is not None, "the twin has asked"  # noqa: S101
    referral.state = after
    referral.standing = PanelStanding.OPEN if after is ReferralState.UNDER_PANEL else ""
    referral.version += 1
    referral.save(update_fields=["state", "standing", "version", *changed])
    return ReferralChange.objects.create(
        referral=referral, verb=verb, state=after, happened_on=today, by_id=by.user_id, note=note.strip()
    )
