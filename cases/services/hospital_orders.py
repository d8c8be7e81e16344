"""Hospital and guardianship orders and their stages. A stage puts the person where it says they are (R24, R52, R85)."""

from dataclasses import asdict
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from audit.boundary import record_event, service
from cases.models import HospitalOrder, Nominal, OrderStage
from cases.records import HospitalOrderRecord
from pages.conflicts import Conflict
from rules.core import Decision, Reason
from rules.corrections import STAGE
from rules.identity import may_have_happened
from rules.orders import may_record_order as rules_may_record_order
from rules.orders import may_record_stage as rules_may_record_stage
from rules.orders import whereabouts_of_stage
from rules.vocabulary import Disposal, HospitalSection, HospitalStage, Whereabouts

from .corrected import not_written_over
from .locking import locked
from .splice import make_room, until_next
from .whereabouts import record_whereabouts


def may_record_hospital_order(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,  # noqa: ARG001 - asked like all twins
    order: HospitalOrderRecord | None = None,
    instead_of: HospitalOrder | None = None,
) -> Decision:
    """Whether this order may be recorded; without one, whether any may be, for the button.

    Its section goes with the disposal of its ground (R13); a ground carries one order. ``instead_of`` is the order
    that is changed.
    """
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, nominal)
    if not allowed or order is None:
        return allowed
    for stage in instead_of.stages.all() if instead_of else ():
        # What is recorded of its course must go with the section still: it decides who is counted in the community.
        allowed &= rules_may_record_stage(order.section, HospitalStage(stage.kind))
    if order.ground_id is None:
        return allowed & rules_may_record_order(order.section, None)
    ground = nominal.grounds.filter(pk=order.ground_id).first()
    if ground is None:
        return Decision.no(Reason("Choose a ground of this person.", "R13"))
    others = HospitalOrder.objects.filter(ground=ground)
    if (others.exclude(pk=instead_of.pk) if instead_of else others).exists():
        allowed &= Decision.no(Reason("This ground has its hospital order already: change that one.", "R13"))
    return allowed & rules_may_record_order(order.section, Disposal(ground.disposal) if ground.disposal else None)


@service(event="hospital_order_recorded", asks=may_record_hospital_order)
def record_hospital_order(*, by: Principal, today: date, nominal_id: int, order: HospitalOrderRecord) -> HospitalOrder:
    """Record an order or transfer to hospital. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_record_hospital_order(nominal, by=by, today=today, order=order).or_refuse()
    stored = HospitalOrder.objects.create(nominal=nominal, **asdict(order))
    record_event(stored, root=nominal.pk, section=order.section)
    return stored


@service(event="hospital_order_changed", asks=may_record_hospital_order)
def change_hospital_order(
    *, by: Principal, today: date, order_id: int, version: int | None, order: HospitalOrderRecord
) -> HospitalOrder:
    """Make an order equal to this. Raises ``Refused``, and ``Conflict`` when somebody else has changed it since."""
    nominal, stored = _locked_order(order_id)
    if version is not None and stored.version != version:
        raise Conflict
    may_record_hospital_order(nominal, by=by, today=today, order=order, instead_of=stored).or_refuse()
    values = asdict(order)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.version += 1
    stored.save(update_fields=[*(name.removesuffix("_id") for name in values), "version"])
    record_event(stored, root=nominal.pk, section=order.section)
    return stored


def may_set_stage(
    order: HospitalOrder,
    *,
    by: Principal,
    today: date,
    kind: HospitalStage | None = None,
    starts_on: date | None = None,
) -> Decision:
    """Whether the order may come to this stage on the day; without a stage, whether to any, for the button."""
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, order.nominal)
    if not allowed or kind is None:
        return allowed
    first_day = starts_on or today
    if first_day > today:
        allowed &= Decision.no(Reason("A stage is recorded from the day itself, not ahead.", "R52"))
    allowed &= may_have_happened(first_day, born_on=order.nominal.date_of_birth)
    return allowed & rules_may_record_stage(HospitalSection(order.section), kind)


@service(event="hospital_stage_set", asks=may_set_stage)
def set_stage(
    *, by: Principal, today: date, order_id: int, kind: HospitalStage, starts_on: date, note: str = ""
) -> OrderStage:
    """Record leave, discharge or recall from a day, until the next stage; the one before ends the day before.

    When the stage puts the person elsewhere than they are recorded to be on that day, their whereabouts are recorded
    too, so that counts and review clock follow: a person conditionally discharged or on a community treatment order is
    in the community (R85, R52). Another stage from the same day is corrected by itself. Raises ``Refused``.
    """
    nominal, order = _locked_order(order_id)
    may_set_stage(order, by=by, today=today, kind=kind, starts_on=starts_on).or_refuse()
    said = {"kind": kind, "note": note.strip()}
    standing = order.stages.filter(starts_on=starts_on).first()
    not_written_over(standing, said, STAGE, starts_on).or_refuse()
    last_day = until_next(order.stages.all(), starts_on, None)
    if standing is None:
        make_room(order.stages.all(), starts_on, last_day)
    stage = standing or OrderStage.objects.create(order=order, starts_on=starts_on, ends_on=last_day, **said)
    here = nominal.whereabouts.filter(open_on(starts_on)).first()
    place = whereabouts_of_stage(kind, Whereabouts(here.kind) if here else None)
    if place is not None:
        # What is recorded of later days, in another place or by a later stage, stays.
        ends = (last_day, until_next(nominal.whereabouts.all(), starts_on, None))
        ends_on = min((day for day in ends if day is not None), default=None)
        record_whereabouts(
            by=by, today=today, nominal_id=nominal.pk, kind=place, starts_on=starts_on, ends_on=ends_on,
            place=here.place if here and place in (Whereabouts.HOSPITAL, Whereabouts.HOSPITAL_LEAVE) else "",
            instead_of=here.pk if here else None, because=f"The hospital order says: {kind.label}.",
        )  # fmt: skip
    record_event(stage, root=nominal.pk, kind=kind, starts_on=starts_on)
    return stage


def _locked_order(order_id: int) -> tuple[Nominal, HospitalOrder]:
    nominal = locked(HospitalOrder.objects.values_list("nominal_id", flat=True).get(pk=order_id))
    return nominal, HospitalOrder.objects.select_related("nominal").get(pk=order_id)
