"""The person: recorded, corrected; identifiers, other names, addresses (R1 to R6)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Min

from agencies.access import can, can_in_area, visible
from agencies.models import Area, PanelArea
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service, tell_each
from cases.clashes import clashes, told_apart_from
from cases.models import Address, Alias, Identifier, Nominal
from cases.records import AliasRecord, IdentifierRecord
from rules.core import DAY, Decision, Reason
from rules.facts import PersonFacts
from rules.identity import another_address, check_identifier, may_be_born_on, may_have_happened, may_record_alias
from rules.identity import may_record_address as rules_may_record_address
from rules.identity import may_record_person as rules_may_record_person
from rules.vocabulary import Sex, Tenure

from .locking import locked, locked_at
from .obligations import bring_in_line
from .two_people import lift_marks, tell_apart_from_all

CLASH_WITH_HIDDEN = "clash_with_hidden"
"""Said of a hidden record to those only who may read it and the one that was added or changed (R4)."""


def may_record_nominal(
    area: Area,
    *,
    by: Principal,
    today: date,
    family_name: str | None = None,
    date_of_birth: date | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    aliases: Sequence[AliasRecord] = (),
    panel_area: PanelArea | None = None,
) -> Decision:
    """Whether a person may be added to the area's register. Without a name: whether any may be, for the button.

    Warnings name identifiers that are kept as unverified (R2, R3).
    """
    allowed = can_in_area(by, Perm.NOMINAL_RECORD, area.pk)
    if not allowed or family_name is None:
        return allowed
    asked = _person_rules(family_name, date_of_birth, identifiers, aliases, today)
    return allowed & asked & _in_area(panel_area, area.pk)


@service(event="nominal_recorded", asks=may_record_nominal)
def record_nominal(
    *,
    by: Principal,
    today: date,
    area: Area,
    family_name: str,
    given_names: str = "",
    date_of_birth: date | None = None,
    sex: Sex = Sex.UNKNOWN,
    panel_area: PanelArea | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    aliases: Sequence[AliasRecord] = (),
    not_same_as: Collection[int] = (),
    not_same_because: str = "",
) -> Nominal:
    """Add a person. Whether they are known already is shown before, by ``queries.possible_duplicates``, as far as the
    principal may see; ``not_same_as`` are the ids of those who were shown, ``not_same_because`` says why it is still
    a new person. They are marked as two people.

    When the clash is with a record that the principal may not see, this one is taken without a word, and the event
    ``clash_with_hidden`` is recorded with the hidden record, for those who may see it (R4). Raises ``Refused``.
    """
    may_record_nominal(
        area, by=by, today=today, family_name=family_name, date_of_birth=date_of_birth, identifiers=identifiers,
        aliases=aliases, panel_area=panel_area,
    ).or_refuse()  # fmt: skip
    nominal = Nominal.objects.create(
        area=area,
        panel_area=panel_area,
        family_name=family_name.strip(),
        given_names=given_names.strip(),
        date_of_birth=date_of_birth,
        sex=sex,
    )
    _replace_identifiers(nominal, identifiers)
    _replace_aliases(nominal, aliases)
    if not_same_because.strip():
        tell_apart_from_all(by=by, today=today, nominal=nominal, others=not_same_as, reason=not_same_because)
    # Also when there is none: a step more would tell of a hidden record.
    note_clash_with_hidden(by=by, today=today, nominal_id=nominal.pk, hidden_ids=_hidden_clashes(by, nominal))
    record_event(nominal, root=nominal.pk, area=area.pk)
    return nominal


def may_note_clash(obj: object = None, *, by: Principal, today: date) -> Decision:
    """Whoever adds a person or changes one may set it off; nobody can ask whether it happened."""
    adds = can(by, Perm.NOMINAL_RECORD)
    return adds if adds else can(by, Perm.NOMINAL_EDIT)


@service(event=CLASH_WITH_HIDDEN, asks=may_note_clash)
def note_clash_with_hidden(*, by: Principal, today: date, nominal_id: int, hidden_ids: Collection[int]) -> None:
    """Leave word with records that their person seems to stand in the register again, by the hand of somebody who may
    not see them (R4).

    It takes the same steps whether there is one of them, several or none.
    """
    may_note_clash(by=by, today=today).or_refuse()
    tell_each(hidden_ids, table=Nominal._meta.db_table, added=nominal_id)


def may_edit_nominal(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    family_name: str | None = None,
    date_of_birth: date | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    aliases: Sequence[AliasRecord] = (),
    panel_area: PanelArea | None = None,
) -> Decision:
    """Whether the person's details may be changed to these. Without a name: whether any may be, for the button."""
    allowed = can(by, Perm.NOMINAL_EDIT, nominal)
    if not allowed or family_name is None:
        return allowed
    asked = _person_rules(family_name, date_of_birth, identifiers, aliases, today)
    asked &= may_be_born_on(date_of_birth, first_known_day(nominal))
    return allowed & asked & _in_area(panel_area, nominal.area_id)


@service(event="nominal_changed", asks=may_edit_nominal)
def edit_nominal(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    version: int,
    family_name: str,
    given_names: str = "",
    date_of_birth: date | None = None,
    sex: Sex = Sex.UNKNOWN,
    panel_area: PanelArea | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    aliases: Sequence[AliasRecord] = (),
    not_same_as: Collection[int] = (),
    not_same_because: str = "",
) -> Nominal:
    """Change the details to these: identifiers and other names are the whole lists as they shall stand.

    Whom the changes make alike is shown before and, with the reason, marked as somebody else, as ``record_nominal``
    does. A mark made before a number was shared ends with it. Raises ``Refused``, and ``pages.conflicts.Conflict`` when
    somebody else has changed the record since ``version``.
    """
    nominal = locked_at(nominal_id, version)
    may_edit_nominal(
        nominal, by=by, today=today, family_name=family_name, date_of_birth=date_of_birth, identifiers=identifiers,
        aliases=aliases, panel_area=panel_area,
    ).or_refuse()  # fmt: skip
    hidden_before = set(_hidden_clashes(by, nominal))
    nominal.family_name, nominal.given_names = family_name.strip(), given_names.strip()
    nominal.date_of_birth, nominal.sex, nominal.panel_area = date_of_birth, sex, panel_area
    nominal.version += 1
    nominal.save(update_fields=["family_name", "given_names", "date_of_birth", "sex", "panel_area", "version"])
    lift_marks([number.pk for number in _replace_identifiers(nominal, identifiers)], today=today)
    _replace_aliases(nominal, aliases)
    if not_same_because.strip():
        apart = {key for (key,) in told_apart_from(nominal.pk)}
        others = set(not_same_as) - apart
        tell_apart_from_all(by=by, today=today, nominal=nominal, others=others, reason=not_same_because)
    # Also when there is none, as in ``record_nominal``.
    hidden_ids = set(_hidden_clashes(by, nominal)) - hidden_before
    note_clash_with_hidden(by=by, today=today, nominal_id=nominal.pk, hidden_ids=sorted(hidden_ids))
    record_event(nominal, root=nominal.pk, version=nominal.version)
    return nominal


def may_record_address(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    starts_on: date | None = None,
    ends_on: date | None = None,
    lines: str = "",
    no_fixed_abode: bool = False,
    closest_links_id: int | None = None,
    tenure: Tenure = Tenure.UNKNOWN,
) -> Decision:
    """Whether this address may be recorded; without a day, whether any may be (R6)."""
    allowed = can(by, Perm.NOMINAL_EDIT, nominal)
    if not allowed or starts_on is None:
        return allowed
    links = "" if closest_links_id is None else str(closest_links_id)
    allowed &= rules_may_record_address(lines=lines, no_fixed_abode=no_fixed_abode, closest_links=links, tenure=tenure)
    allowed &= may_have_happened(starts_on, born_on=nominal.date_of_birth)
    if ends_on is not None and ends_on < starts_on:
        allowed &= Decision.no(Reason("It cannot end before it starts.", "R6"))
    return allowed


@service(event="address_recorded", asks=may_record_address)
def record_address(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    starts_on: date,
    ends_on: date | None = None,
    lines: str = "",
    postcode: str = "",
    no_fixed_abode: bool = False,
    closest_links_id: int | None = None,
    tenure: Tenure = Tenure.UNKNOWN,
    ends_others: bool = True,
) -> Address:
    """Add an address. The ones open on its first day end the day before, unless the person lives at several.

    One that begins on that day has no day before: it is corrected, or this one stands beside it. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_record_address(
        nominal, by=by, today=today, starts_on=starts_on, ends_on=ends_on, lines=lines,
        no_fixed_abode=no_fixed_abode, closest_links_id=closest_links_id, tenure=tenure,
    ).or_refuse()  # fmt: skip
    if ends_others:
        if nominal.addresses.filter(ends_on__isnull=True, starts_on=starts_on).exists():
            Decision.no(another_address(starts_on)).or_refuse()
        nominal.addresses.filter(ends_on__isnull=True, starts_on__lt=starts_on).update(ends_on=starts_on - DAY)
    stored = Address.objects.create(
        nominal=nominal, starts_on=starts_on, ends_on=ends_on, lines=lines.strip(), postcode=postcode.strip().upper(),
        no_fixed_abode=no_fixed_abode, closest_links_id=closest_links_id, tenure=tenure,
    )  # fmt: skip
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, starts_on=starts_on)
    return stored


def identifier_row(record: IdentifierRecord) -> dict[str, object]:
    """The columns of an identifier: as typed, as found, and whether it is valid (R2, R3)."""
    check = check_identifier(record.kind, record.value)
    return {"kind": record.kind, "value": record.value.strip(), "normalised": check.normalised, "valid": check.valid}


def alias_row(record: AliasRecord) -> dict[str, object]:
    """The columns of another name."""
    return {
        "kind": record.kind,
        "family_name": record.family_name.strip(),
        "given_names": record.given_names.strip(),
    }


def _replace_identifiers(nominal: Nominal, records: Sequence[IdentifierRecord]) -> list[Identifier]:
    """The numbers become these; those that are new."""
    rows = {(row["kind"], row["normalised"]): row for row in map(identifier_row, records)}
    for known in nominal.identifiers.all():
        row = rows.pop((known.kind, known.normalised), None)
        if row is None:
            known.delete()
        elif known.value != row["value"]:
            Identifier.objects.filter(pk=known.pk).update(value=row["value"])
    return Identifier.objects.bulk_create(Identifier(nominal=nominal, **row) for row in rows.values())


def _replace_aliases(nominal: Nominal, records: Sequence[AliasRecord]) -> None:
    rows = {tuple(row.values()): row for row in map(alias_row, records)}
    for known in nominal.aliases.all():
        if rows.pop((known.kind, known.family_name, known.given_names), None) is None:
            known.delete()
    Alias.objects.bulk_create(Alias(nominal=nominal, area_id=nominal.area_id, **row) for row in rows.values())


def first_known_day(nominal: Nominal) -> date | None:
    """The earliest day of the person's life that is on record; what was voided never was."""
    grounds = nominal.grounds.filter(voided_on__isnull=True)
    days = [
        *grounds.aggregate(first=Min("starts_on"), outcome=Min("outcome_on"), disposal=Min("disposal_on")).values(),
        *nominal.whereabouts.aggregate(first=Min("starts_on")).values(),
        *nominal.addresses.aggregate(first=Min("starts_on")).values(),
    ]
    return min((day for day in days if day is not None), default=None)


def _person_rules(
    family_name: str,
    date_of_birth: date | None,
    identifiers: Sequence[IdentifierRecord],
    aliases: Sequence[AliasRecord],
    today: date,
) -> Decision:
    checks = [check_identifier(record.kind, record.value) for record in identifiers]
    unverified = [check.reason for check in checks if check.reason is not None]
    person = PersonFacts(
        surname=family_name, born_on=date_of_birth, identifiers=tuple(record.kind for record in identifiers)
    )
    empty = [Reason("An identifier cannot be empty.", "R2")] if any(not c.normalised for c in checks) else []
    decision = rules_may_record_person(person, today=today) & Decision.of(empty, unverified)
    for alias in aliases:
        decision &= may_record_alias(surname=alias.family_name)
    return decision


def _in_area(panel_area: PanelArea | None, area_id: int) -> Decision:
    if panel_area is not None and panel_area.area_id != area_id:
        return Decision.no(Reason("The panel area belongs to another MAPPA area.", "R97"))
    return Decision.yes()


def _hidden_clashes(by: Principal, nominal: Nominal) -> list[int]:
    clashing = Nominal.objects.filter(pk__in=clashes(nominal.pk)).exclude(pk=nominal.pk)
    seen = visible(by, clashing, Perm.NOMINAL_VIEW).values("pk")
    return list(clashing.exclude(pk__in=seen).order_by("pk").values_list("pk", flat=True))
