"""The referrals of the demo, walked through unit and panel as on their days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from agencies.models import Agency, Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services import add_membership, create_user
from agencies.services.contacts import record_absence
from agencies.services.hand_over_day import carry_out_hand_overs
from agencies.services.handover import hand_over
from cases.models import Advice, Nominal, Referral
from cases.referrals import cannot_be_read
from cases.services.obligations import reconcile
from cases.services.panel import cast_vote, decline_referral, name_seat, note_told
from cases.services.referral_documents import attach_document
from cases.services.referral_leaving import pass_on
from cases.services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    register_again,
    register_received,
    return_referral,
    send_back,
    start_referral,
    withdraw_referral,
    write_referral,
)
from rules.vocabulary import AdviceOutcome, Level, Vote

from .days import Days
from .papers import referral_form
from .referred import (
    ACCEPTED,
    CAME_AGAIN,
    DECLINED,
    DOLOMITE,
    GALENA,
    IRONSTONE,
    PHONOLITE,
    PUMICE,
    SERPENTINE,
    Accepted,
    Declined,
)

HELEN, IMRAN, KAREN = "helen.curlew@example.org", "imran.lapwing@example.org", "karen.merlin@example.org"
JO, WREN, PLOVER = "jo.wagtail@example.org", "sam.wren@example.org", "laura.plover@example.org"
PRIYA, WENDY = "priya.dunnock@example.org", "wendy.waxwing@example.org"
# A practitioner of Priya Dunnock's team until last week: nobody signs in as them.
LEFT = ("Ros", "Godwit")
PANEL = (HELEN, IMRAN, KAREN)
PANEL_SINCE = -800
WITHOUT_IT = "The form came on paper: copies were handed to the members."
# What the unit types of a document, for it to be accepted.
TYPED: Mapping[str, Any] = {"risk_level": "high", "value_reasons": "Several agencies must act on one plan."}
ROUTE = "In writing to the head of the MAPPA unit within ten working days."


class Referrals:
    """Writes them, in the order in which they came."""

    def __init__(self, by: Principal, day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
        self.by, self.day, self.agencies, self.users = by, day, agencies, users
        self.area_id = next(iter(agencies.values())).area_id
        self.accepted: list[int] = []
        self._posts: dict[tuple[str, Role | None], Membership] = {}

    def load(self) -> None:
        """Panel, then every referral."""
        for email in PANEL:
            name_seat(
                by=self._as(HELEN, 0),
                today=self.day.today,
                area_id=self.area_id,
                member_id=self.users[email].pk,
                starts_on=self.day(PANEL_SINCE),
            )
        rows: list[Declined | Accepted] = [*DECLINED, *ACCEPTED]
        for row in sorted(rows, key=lambda row: row.received):
            if isinstance(row, Declined):
                self._declined(row)
            else:
                self._accepted(row)
        self._withdrawn()
        self._marl()
        self._dolomite()
        self._ironstone()
        self._serpentine()
        self._phonolite()
        self._pumice()
        self._galena()
        reconcile(by=self.by, today=self.day.today, nominal_ids=self.accepted)

    def _as(self, email: str, offset: int, role: Role | None = None) -> Principal:
        if (email, role) not in self._posts:
            posts = self.users[email].memberships.order_by("pk")
            self._posts[email, role] = posts.filter(role=role)[0] if role else posts[0]
        return Principal.for_membership(self._posts[email, role], on=self.day(offset))

    def _person(self, family: str) -> Nominal:
        return Nominal.objects.get(area=self.area_id, family_name=family)

    def _received(
        self, offset: int, agency: str, subject: Subject, category: str, referrer: str, asked: Level = Level.TWO
    ) -> Referral:
        calls = Advice.objects.filter(nominal=subject.nominal_id or 0, outcome=AdviceOutcome.REFER)
        call = calls.filter(given_on__lte=self.day(offset)).order_by("-given_on").first()
        return register_received(
            by=self._as(JO, offset),
            today=self.day(offset),
            agency_id=self.agencies[agency].pk,
            subject=subject,
            referrer=referrer,
            endorsed_by="A manager of the agency",
            received_on=self.day(offset),
            category=category,
            level_asked=asked,
            advice_id=call.pk if call else None,
        )

    def _to_panel(self, referral: Referral, offset: int) -> None:
        note = WITHOUT_IT if cannot_be_read(referral) else ""
        give_to_panel(by=self._as(JO, offset), today=self.day(offset), referral_id=referral.pk, note=note)

    def _vote(self, referral: Referral, offset: int, email: str, vote: Vote, reasons: str) -> None:
        by = self._as(email, offset, Role.PANEL_MEMBER)
        cast_vote(by=by, today=self.day(offset), referral_id=referral.pk, vote=vote, reasons=reasons)

    def _typed(self, referral: Referral, offset: int, values: Mapping[str, Any]) -> None:
        """What the unit types of a document."""
        referral.refresh_from_db()
        write_referral(
            by=self._as(JO, offset), today=self.day(offset), referral_id=referral.pk, section="plan", values=values,
            version=referral.version,
        )  # fmt: skip

    def _declined(self, row: Declined) -> None:
        subject = Subject(family_name=row.family, given_names=row.given)
        stored = self._received(row.received, row.agency, subject, row.category, "A practitioner of the agency")
        self._to_panel(stored, row.received + 1)
        for email in (HELEN, KAREN):
            self._vote(stored, row.decided, email, Vote.DECLINE, row.text)
        decline_referral(
            by=self._as(HELEN, row.decided),
            today=self.day(row.decided),
            referral_id=stored.pk,
            reason=row.reason,
            text=row.text,
            route=ROUTE,
        )
        told = row.decided + 1
        note_told(by=self._as(JO, told), today=self.day(told), referral_id=stored.pk, told_on=self.day(told))

    def _withdrawn(self) -> None:
        stored = self._received(
            -75, "probation", Subject(family_name="Arkose", given_names="Vince"), "2", "A practitioner of the agency"
        )
        withdraw_referral(
            by=self._as(JO, -71),
            today=self.day(-71),
            referral_id=stored.pk,
            note="Recalled to prison: nothing to plan.",
        )

    def _marl(self) -> None:
        """Accepted: his ground with both findings, and his level, stand in the register since that day."""
        person = self._person("Marl")
        stored = self._received(
            -20, "police", Subject(nominal_id=person.pk), "3", "Sergeant on the domestic abuse desk"
        )
        self._to_panel(stored, -19)
        self._typed(stored, -19, TYPED)
        for email in (HELEN, KAREN):
            self._vote(stored, -9, email, Vote.LEVEL_2, "Three partners, four times at the MARAC: agencies must meet.")
        self.accepted.append(person.pk)

    def _accepted(self, row: Accepted) -> None:
        """Accepted at Level 2 on the day on which the level began; two of them had been returned before."""
        person = self._person(row.family)
        stored = self._received(
            row.received,
            row.agency,
            Subject(nominal_id=person.pk),
            row.category,
            "A practitioner of the agency",
            row.asked,
        )
        if row.family in CAME_AGAIN:
            returned, again = CAME_AGAIN[row.family]
            note = "Say who is at risk, and why Level 1 is not enough."
            return_referral(by=self._as(JO, returned), today=self.day(returned), referral_id=stored.pk, note=note)
            register_again(by=self._as(JO, again), today=self.day(again), referral_id=stored.pk)
        self._to_panel(stored, row.decided - 4)
        self._typed(stored, row.decided - 4, TYPED)
        for email in (HELEN, KAREN):
            self._vote(stored, row.decided, email, Vote.LEVEL_2, "High risk; several agencies must act together.")
        self.accepted.append(person.pk)

    def _dolomite(self) -> None:
        """Written here, endorsed, and returned: two items say too little."""
        note = "Say why Level 1 is not enough, and who the potential victims are."
        self._returned("Dolomite", "police", (WREN, PLOVER), DOLOMITE, (-11, -11, -6), note)

    def _ironstone(self) -> None:
        """Written by Priya Dunnock, endorsed by her manager, and returned to her."""
        note = "Write the plan as it stands now that he has been arrested."
        self._returned("Ironstone", "pdu-city", (PRIYA, WENDY), IRONSTONE, (-9, -8, -5), note)

    def _returned(
        self, family: str, agency: str, people: tuple[str, str], values: Mapping[str, Any],
        days: tuple[int, int, int], note: str,
    ) -> None:  # fmt: skip
        """Written by the first of the people, endorsed by the second, returned, each on their day."""
        (author, manager), (written, endorsed, returned) = people, days
        by, on = self._as(author, written), self.day(written)
        stored = self._written(by, on, agency, Subject(nominal_id=self._person(family).pk), values)
        ask_endorsement(by=by, today=on, referral_id=stored.pk, endorser_id=self.users[manager].pk)
        endorse_referral(by=self._as(manager, endorsed), today=self.day(endorsed), referral_id=stored.pk)
        return_referral(by=self._as(HELEN, returned), today=self.day(returned), referral_id=stored.pk, note=note)

    def _written(
        self, by: Principal, on: date, agency: str, subject: Subject, values: Mapping[str, Any]
    ) -> Referral:  # fmt: skip
        stored = start_referral(by=by, today=on, agency_id=self.agencies[agency].pk, subject=subject)
        return write_referral(
            by=by, today=on, referral_id=stored.pk, section="plan", values=values, version=stored.version
        )

    def _serpentine(self) -> None:
        """Written by Priya Dunnock; waits for her manager, who was asked two days ago."""
        by, subject = self._as(PRIYA, -3), Subject(nominal_id=self._person("Serpentine").pk)
        stored = self._written(by, self.day(-3), "pdu-city", subject, SERPENTINE)
        ask_endorsement(
            by=self._as(PRIYA, -2), today=self.day(-2), referral_id=stored.pk, endorser_id=self.users[WENDY].pk
        )

    def _phonolite(self) -> None:
        """Begun by a colleague of Priya Dunnock's who has left, sent back by the manager, and passed on to Priya."""
        given, family = LEFT
        leaver = create_user(
            by=self.by, email=f"{given}.{family}@example.org".lower(), given_name=given, family_name=family
        )
        agency = self.agencies["pdu-city"]
        role = add_membership(
            by=self.by, user=leaver, agency=agency, role=Role.PRACTITIONER, starts_on=self.day(PANEL_SINCE)
        )
        by, subject = Principal.for_membership(role, on=self.day(-14)), Subject(None, "Phonolite", "Corin")
        stored = self._written(by, self.day(-14), "pdu-city", subject, PHONOLITE)
        ask_endorsement(by=by, today=self.day(-14), referral_id=stored.pk, endorser_id=self.users[WENDY].pk)
        send_back(
            by=self._as(WENDY, -12), today=self.day(-12), referral_id=stored.pk,
            note="Say what each of these agencies would add, and why Level 1 is not enough.",
        )  # fmt: skip
        hand_over(
            by=self.by, today=self.day(-9), membership_id=role.pk, to_user_id=self.users[PRIYA].pk, on=self.day(-7)
        )
        carry_out_hand_overs(self.day(-7))
        system = Principal.system("watch_referrals", on=self.day(-7))
        pass_on(by=system, today=self.day(-7), referral_id=stored.pk)

    def _pumice(self) -> None:
        """Before the panel, which cannot settle it: one accepts, one declines, the third is away all week."""
        stored = self._received(-2, "yjs-city", Subject(nominal_id=self._person("Pumice").pk), "2", "Tunde Redstart")
        attach_document(
            by=self._as(JO, -2),
            today=self.day(-2),
            referral_id=stored.pk,
            what="Referral form",
            content=referral_form(self.day(-2)),
        )
        self._typed(stored, -2, PUMICE)
        self._to_panel(stored, -1)
        record_absence(
            by=self.by, today=self.day(-1), user_id=self.users[KAREN].pk, starts_on=self.day(-1), ends_on=self.day(4)
        )
        self._vote(stored, -1, IMRAN, Vote.LEVEL_2, "Nobody holds the way from the home to a placement alone.")
        self._vote(stored, 0, HELEN, Vote.DECLINE, "Youth justice and the home meet each week: ask again in spring.")

    def _galena(self) -> None:
        """Submitted three days ago; one of the panel has accepted, two are to vote."""
        stored = self._received(-3, "probation", Subject(nominal_id=self._person("Galena").pk), "2", "Priya Dunnock")
        self._typed(stored, -3, GALENA)
        self._to_panel(stored, -2)
        self._vote(
            stored, -1, HELEN, Vote.LEVEL_2, "Release to his mother's street: housing and police must agree a plan."
        )
