"""Every page there is, and the states of pages that look different, with who opens them: the walk of `test_every_page`.

A stop names the address it belongs to, so that the walk can say which address nobody has walked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page

from agencies.models import Agency, Agreement, Contact, FormerHomes, PlannedHandOver, Succession
from agencies.roles import Role
from cases.models import CaseParticipation, Exclusion, FirstNotification, Ground, Identification, PanelSeat, Referral
from exchange.models import Extract, ExtractRow, SavedView
from exchange.words import ExtractState, ListKind, Outcome
from mappa import clock
from meetings.models import Action, Chair, Invitation, Panel, PanelAgency, Sitting, Slot
from rules.vocabulary import GroundKind

from .desk import fill_date, nominal, number_of, post, user

Act = Callable[[Page], None]
Values = Callable[[], dict[str, Any]]


def _nothing(_page: Page) -> None:
    """The page as it opens."""


def _none() -> dict[str, Any]:
    return {}


def number(key: str) -> Values:
    """One number of the area."""
    return lambda: {"number": key}


@dataclass(frozen=True)
class Stop:
    """A page: the name of its address, what stands in its place holders, and what is done on it first."""

    name: str
    values: Values = _none
    query: str = ""
    act: Act = _nothing
    status: int = 200
    note: str = ""

    @property
    def title(self) -> str:
        return f"{self.name} {self.query}{self.note}".strip()

    def path(self) -> str:
        return reverse(self.name, kwargs=self.values()) + self.query


@dataclass(frozen=True)
class Walk:
    """Stops of one person. ``who`` is empty for somebody who has not signed in."""

    title: str
    who: str
    stops: Sequence[Stop]
    role: Role | None = None


def of(name: str) -> Values:
    """The key of this managed person."""
    return lambda: {"pk": nominal(name).pk}


def account_of(name: str) -> Values:
    """The key of this person who signs in."""
    return lambda: {"pk": user(name).pk}


def log_of(name: str) -> Values:
    """The key of this account, whose log is read."""
    return lambda: {"user_pk": user(name).pk}


def day_of(name: str) -> Values:
    """This account, on the real day: the log tells no other."""
    return lambda: {"pk": user(name).pk, "day": clock.moment().date().isoformat()}


def agency_called(slug: str) -> Values:
    return lambda: {"pk": Agency.objects.get(slug=slug).pk}


def role_of(name: str) -> Values:
    return lambda: {"pk": post(name, None).pk}


def agency_of(slug: str) -> Values:
    """The key of this agency of the demonstration."""
    return lambda: {"pk": Agency.objects.get(slug=slug).pk}


def first_of(model: type[Model], **where: object) -> Values:
    """The key of the first of these rows."""
    return lambda: {"pk": model._default_manager.filter(**where).order_by("pk")[0].pk}


def section_of(slug: str) -> Values:
    """This section of the referral that was returned to its author."""
    return lambda: {"pk": Referral.objects.filter(state="returned").order_by("pk")[0].pk, "section": slug}


def own_action() -> dict[str, Any]:
    """An open action of the agency for which Chris Yaffle is the contact."""
    agency = post("Chris Yaffle", None).agency
    return {"pk": Action.objects.filter(agency=agency, closed_on__isnull=True).order_by("pk")[0].pk}


def person_with_actions() -> dict[str, Any]:
    return {"pk": Action.objects.order_by("pk")[0].nominal_id}


def searching_people(text: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Name or e-mail address").fill(text)
        page.get_by_role("button", name="Search").click()

    return act


def pair(one: str, other: str) -> Values:
    """The keys of two managed people."""
    return lambda: {"nominal_pk": nominal(one).pk, "pk": nominal(other).pk}


def ground_of(name: str) -> Values:
    return lambda: {"pk": Ground.objects.filter(nominal=nominal(name), voided_on=None).latest("starts_on").pk}


def address_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).addresses.latest("starts_on").pk}


def stay_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).whereabouts.latest("starts_on").pk}


def stage_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).hospital_orders.get().stages.latest("starts_on").pk}


def lead_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).lead_agencies.latest("starts_on").pk}


def officer_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).named_officers.latest("starts_on").pk}


def review_at_level_1() -> dict[str, Any]:
    return {"pk": nominal("Paul Ironstone").level_1_reviews.latest("held_on").pk}


def thresholding() -> dict[str, Any]:
    return {"pk": nominal("Paul Ironstone").thresholdings.latest("decided_on").pk}


def change() -> dict[str, Any]:
    return {"pk": nominal("Paul Ironstone").reported_changes.latest("happened_on").pk}


def identification() -> dict[str, Any]:
    return {"pk": Identification.objects.latest("known_on", "pk").pk}


def screening() -> dict[str, Any]:
    return {"pk": nominal("Paul Ironstone").screenings.latest("screened_on").pk}


def meeting_of(name: str) -> Values:
    return lambda: {"pk": nominal(name).qualifying_meetings.latest("held_on").pk}


def this_months_list() -> dict[str, Any]:
    return {"pk": Extract.objects.get(state=ExtractState.READY, kind=ListKind.PEOPLE).pk}


def row_of(outcome: Outcome) -> Values:
    """The first row of this outcome of the open list."""
    return lambda: {
        "pk": ExtractRow.objects.filter(extract=this_months_list()["pk"], outcome=outcome).earliest("pk").pk
    }


def _view() -> dict[str, Any]:
    """The view that Helen keeps."""
    return {"view": SavedView.objects.get(owner__email="helen.curlew@example.org").pk}


def day_of_a_sitting() -> dict[str, Any]:
    """The day of the next sitting, or today."""
    found = Sitting.objects.filter(starts_at__gte=clock.now()).first()
    return {"day": (clock.today() if found is None else found.sits_on).isoformat()}


def sent(button: str) -> Act:
    """The form sent as it stands."""
    return lambda page: page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def _all(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def _to_the_preview(page: Page) -> None:
    page.get_by_label("How do you know that they are one person?").fill("The same fingerprints.")
    sent("Show what would move")(page)


def _dead(page: Page) -> None:
    page.get_by_role("radio", name="Dead", exact=True).check()
    fill_date(page, "Since when", 1, 11, 2026)
    sent("Save")(page)


def searching(text: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Name or number").fill(text)
        page.get_by_role("button", name="Search").click()
        # A click returns when the answer begins: whoever counts its rows at once may count none.
        page.wait_for_load_state()

    return act


def searching_at(address: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Address or postcode").fill(address)
        page.get_by_role("button", name="Search").click()

    return act


def _searching_for_ochre(page: Page) -> None:
    searching(number_of(OCHRE))(page)


def ground_form(kind: GroundKind) -> Act:
    def act(page: Page) -> None:
        page.get_by_role("radio", name=kind.label).check()
        page.get_by_role("button", name="Continue").click()

    return act


def _wrong_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("helen.curlew@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def _without_its_token(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((each) => each.remove())")
    page.get_by_role("button", name="Search").click()


def _too_many_fields(page: Page) -> None:
    with page.expect_navigation():
        page.evaluate(
            """() => {
          const form = document.querySelector("main form");
          for (let n = 0; n < 1100; n += 1) {
            const field = document.createElement("input");
            Object.assign(field, {type: "hidden", name: `field${n}`, value: "x"});
            form.append(field);
          }
          setTimeout(() => form.submit());
        }"""
        )


def of_hospital_order(name: str) -> Values:
    return lambda: {"pk": nominal(name).hospital_orders.get().pk}


TRAVERTINE, MARL = "Alan Travertine", "Stefan Marl"
TUFA, TUFFER = "Kieran Tufa", "Kieron Tuffer"
ANTON, GALENA, OBSIDIAN, OCHRE = "Anton Jasper", "Marcus Galena", "Victor Obsidian", "Warren Ochre"

_FORMS = (
    ("level-set", "Save the decision"),
    ("whereabouts-add", "Save"),
    ("lead-agency-set", "Save"),
    ("named-officer-set", "Save"),
    ("key-date-set", "Save"),
    ("address-add", "Save"),
    ("meeting-add", "Save"),
    ("connected-person-add", "Save"),
    ("process-add", "Save"),
    ("warning-add", "Save"),
    ("hospital-order-add", "Save"),
    ("screening-add", "Save"),
    ("identification-add", "Save"),
    ("thresholding-add", "Save"),
    ("level-1-review-add", "Save"),
    ("change-add", "Save"),
)


def a_sitting(**where: object) -> Values:
    """The key of the first of these sittings."""
    return lambda: {"pk": Sitting.objects.filter(**where).order_by("starts_at", "pk")[0].pk}


_PANEL = first_of(Panel, name="Derby City")
_HEARD = a_sitting(panel__name="Bolsover", slots__isnull=False)
_LEVEL_3 = "?of=/nominals/%3Flevel%3D3"

WALKS = (
    Walk(
        "nobody",
        "",
        (
            Stop("account_login"),
            Stop("account_login", act=sent("Sign in"), note="empty"),
            Stop("account_login", act=_wrong_password, note="wrong password"),
            Stop("account_reset_password"),
            Stop("account_reset_password", act=sent("Send the link"), note="empty"),
            Stop("account_reset_password_done"),
            Stop("account_reset_password_from_key", lambda: {"uidb36": "1", "key": "no-such-key"}),
            Stop("account_reset_password_from_key_done"),
            Stop("invitation-open", lambda: {"key": "no-such-key"}),
            Stop("invitation-accept", note="used"),
            Stop("provider-choose", note="none set up"),
        ),
    ),
    Walk(
        "coordinator, lists",
        "Helen Curlew",
        (
            Stop("today"),
            Stop("register"),
            Stop("register", query="?level=2&level=3&category=1&sort=-name"),
            Stop("register", query="?category=1&page=3"),
            Stop("register", query="?category=3&where=abroad", note="nobody"),
            Stop("register", query="?status=everyone"),
            Stop("due"),
            Stop("due", query="?kind=level_1_review&state=overdue"),
            Stop("levels-not-set"),
            Stop("levels-not-set", query="?state=overdue"),
            Stop("not-screened"),
            Stop("not-screened", query="?state=overdue", note="nobody"),
            Stop("identified"),
            Stop("identified", query="?time=late&sort=-days"),
            Stop("to-threshold"),
            Stop("brought-forward"),
            Stop("brought-forward-work", note="none ticked"),
            Stop("dates-ahead"),
            Stop("level-1-switches"),
            Stop("referrals"),
            Stop("referrals", query="?state=accepted&level=2"),
            Stop("referral-numbers"),
            Stop("referral", first_of(Referral, state="under_panel"), note="under panel"),
            Stop("referral", first_of(Referral, state="returned"), note="returned"),
            Stop("referral", first_of(Referral, state="declined"), note="declined"),
            Stop("referral", first_of(Referral, state="accepted"), note="accepted"),
            Stop("referral-start"),
            Stop("referral-start", act=sent("Start"), note="empty", status=422),
            Stop("referral-register"),
            Stop("referral-register", act=sent("Register"), note="empty", status=422),
            Stop("referral-document-add", first_of(Referral, state="under_panel")),
            Stop(
                "referral-document-add",
                first_of(Referral, state="under_panel"),
                act=sent("Add"),
                note="empty",
                status=422,
            ),
            Stop("referral-return", first_of(Referral, state="under_panel")),
            Stop("referral-to-panel", first_of(Referral, state="under_panel"), note="given already"),
            Stop("referral-withdraw", first_of(Referral, state="under_panel")),
            Stop("referral-link", first_of(Referral, state="under_panel")),
            Stop("referral-vote-for", first_of(Referral, state="under_panel")),
            Stop("referral-accept", first_of(Referral, state="under_panel")),
            Stop("referral-decline", first_of(Referral, state="under_panel")),
            Stop("referral-told", first_of(Referral, state="declined")),
            Stop("panel-seats"),
            Stop("panel-seat-name"),
            Stop("panel-seat-end", first_of(PanelSeat)),
            Stop("first-notifications"),
            Stop("first-notifications", query="?time=late&sort=agency"),
            Stop("first-notification", first_of(FirstNotification, state="waiting")),
            Stop("first-notification", first_of(FirstNotification, state="refused"), note="refused"),
            Stop("first-notification-add"),
            Stop("first-notification-add", act=sent("Save the notification"), note="empty", status=422),
            Stop("first-notification-link", first_of(FirstNotification, state="waiting")),
            Stop("first-notification-open", first_of(FirstNotification, state="waiting")),
            Stop("first-notification-correct", first_of(FirstNotification, state="waiting")),
            Stop("first-notification-refuse", first_of(FirstNotification, state="waiting")),
            Stop("advice"),
            Stop("advice", query="?call=to_call"),
            Stop("advice-add"),
            Stop("advice-add", act=sent("Save"), note="empty", status=422),
            Stop("scheduling-board"),
            Stop("scheduling-board", query="?show=paused"),
            Stop("plan"),
            Stop("slot-place", of(OBSIDIAN)),
            Stop("meeting-arrange", of(OBSIDIAN)),
            Stop("meeting-emergency", of(OBSIDIAN)),
            Stop("invitations"),
            Stop("invitations", query="?answer=none"),
            Stop("invitation-record", first_of(Invitation)),
            Stop("invitation-record", first_of(Invitation), act=sent("Save the answer"), note="empty", status=422),
            Stop("invitation-add", first_of(Slot)),
            Stop("invitation-add", first_of(Slot), act=sent("Invite"), note="empty", status=422),
            Stop("replies"),
            Stop("replies", query="?state=counted"),
            Stop("invite-rules"),
            Stop("invite-rule-set", lambda: {"reason": "child"}),
            Stop("joining-text"),
            Stop("search"),
            Stop("search", act=sent("Search"), note="empty", status=422),
            Stop("search", act=searching("Gallena"), note="found"),
            Stop("search", act=searching("Xyzzyx Qqwrt"), note="nobody"),
            Stop("search", act=searching_at("Limestone Way Lodge"), note="address"),
            Stop("search", act=_without_its_token, note="stale", status=403),
            Stop("search", act=_too_many_fields, note="too much", status=400),
        ),
    ),
    Walk(
        "coordinator, panels and sittings",
        "Helen Curlew",
        (
            Stop("panels"),
            Stop("panel-set-up"),
            Stop("panel-set-up", act=sent("Set up"), note="empty", status=422),
            Stop("panel", _PANEL),
            Stop("panel", first_of(Panel, name="County-wide"), note="by arrangement"),
            Stop("panel-change", _PANEL),
            Stop("panel-member-name", _PANEL),
            Stop("panel-member-end", first_of(PanelAgency)),
            Stop("panel-generate", _PANEL),
            Stop("panel-generate", _PANEL, act=sent("Generate"), note="empty", status=422),
            Stop("chairs"),
            Stop("chair-allow"),
            Stop("chair-allow", act=sent("Allow"), note="empty", status=422),
            Stop("chair-end", first_of(Chair, panel=None)),
            Stop("rooms"),
            Stop("room-add"),
            Stop("sittings"),
            Stop("sittings", query="?state=released&level=2"),
            Stop("sitting", _HEARD),
            Stop("sitting", a_sitting(slots=None, panel__name="Erewash"), note="nobody in it"),
            Stop("sitting-plan"),
            Stop("sitting-plan", act=sent("Plan the sitting"), note="empty", status=422),
            Stop("sitting-move", _HEARD),
            Stop("sitting-move", _HEARD, act=sent("Move it"), note="without a reason", status=422),
            Stop("sitting-chair", _HEARD),
            Stop("sitting-cancel", _HEARD),
            *(
                Stop(name, first_of(Slot, cancelled_on=None))
                for name in ("slot", "slot-move", "slot-cancel", "slot-keep")
            ),
            Stop("slot", first_of(Slot, nominal__family_name="Quartz"), note="somebody not invited"),
        ),
    ),
    Walk(
        "coordinator, records",
        "Helen Curlew",
        (
            Stop("nominal", of(GALENA)),
            Stop("nominal", of(OBSIDIAN)),
            Stop(
                "nominal", of(ANTON), act=lambda page: page.locator("details.app-why summary").first.click(), note="why"
            ),
            Stop("nominal", of("Harold Limonite"), note="dead"),
            Stop("nominal", of("Lee Anthracite"), note="paused"),
            Stop("nominal", of(OCHRE), note="restricted"),
            Stop("nominal", lambda: {"pk": 999_999_999}, note="no such", status=404),
            Stop("nominal-circumstances", of(TRAVERTINE)),
            Stop("nominal-circumstances", of(MARL), note="people and processes"),
            Stop("nominal-circumstances", of(GALENA), note="little recorded"),
            Stop("whereabouts-table"),
            Stop("nominal", of("Paul Ironstone"), note="to be thresholded"),
            Stop("thresholding-add", of("Paul Ironstone")),
            Stop("nominal-due", of("Paul Ironstone")),
            Stop("calendar"),
            Stop("calendar-week", day_of_a_sitting),
            Stop("calendar-day", day_of_a_sitting),
            Stop("own-feed", act=sent("Make an address")),
            Stop("actions", query="?sort=agency"),
            Stop("actions", query="?state=closed"),
            Stop("action-reopen", first_of(Action, closed_on__isnull=False)),
            Stop("nominal-actions", person_with_actions),
            Stop("nominal-on-day", of(OBSIDIAN)),
            Stop("nominal-on-day", of(OBSIDIAN), query="?on_day=31&on_month=3&on_year=2023"),
            Stop("nominal-on-day", of(OBSIDIAN), query="?on_day=31&on_month=2&on_year=2023", note="no such day"),
            Stop("nominal-history", of(OBSIDIAN)),
            Stop("nominal-access", of(OBSIDIAN)),
            Stop("nominal-access", of(OCHRE), note="restricted"),
            Stop("handling-set", lambda: {"pk": nominal(OBSIDIAN).pk, "handling": "restricted"}),
            Stop(
                "handling-set",
                lambda: {"pk": nominal(OBSIDIAN).pk, "handling": "restricted"},
                act=sent("Restrict it"),
                note="empty",
                status=422,
            ),
            Stop("handling-set", lambda: {"pk": nominal(OCHRE).pk, "handling": "ordinary"}, note="lifted"),
            Stop("personal-grant-end", lambda: {"pk": nominal(OCHRE).personal_grants.order_by("pk")[0].pk}),
            Stop("participation-end", first_of(CaseParticipation, source="grant", ends_on__isnull=True)),
            Stop("exclusion-end", first_of(Exclusion)),
            *(
                stop
                for name in ("participation-add", "personal-grant-add", "named-reader-add", "exclusion-add")
                for stop in (
                    Stop(name, of(OBSIDIAN)),
                    Stop(name, of(OBSIDIAN), act=sent("Save"), note="empty", status=422),
                )
            ),
            Stop("nominal-looks", of(OBSIDIAN)),
            Stop("nominal-summary", of(OBSIDIAN)),
        ),
    ),
    Walk(
        "coordinator, doubles",
        "Helen Curlew",
        (
            Stop("doubles"),
            Stop("hidden-doubles"),
            Stop("nominal-doubles", of(TUFA)),
            Stop("nominal-doubles", of(TUFA), act=sent("Compare"), note="empty", status=422),
            Stop("nominal-merge", pair(TUFA, TUFFER)),
            Stop("nominal-merge", pair(TUFA, TUFFER), act=sent("Show what would move"), note="empty", status=422),
            Stop("nominal-merge", pair(TUFA, TUFFER), act=_to_the_preview, note="preview"),
            Stop("merge-undo", of(TUFA), note="none"),
            Stop("two-people-mark", pair(TUFA, TUFFER)),
            Stop("two-people-mark", pair(TUFA, TUFFER), act=sent("Mark as two people"), note="empty", status=422),
        ),
    ),
    Walk(
        "coordinator, forms",
        "Helen Curlew",
        (
            Stop("nominal-add"),
            Stop("nominal-edit", of(OBSIDIAN)),
            Stop("nominal-add", act=sent("Add to the register"), note="empty", status=422),
            *(
                stop
                for name, button in _FORMS
                for stop in (
                    Stop(name, of(OBSIDIAN)),
                    Stop(name, of(OBSIDIAN), act=sent(button), note="empty", status=422),
                )
            ),
            Stop("background-edit", of(OBSIDIAN)),
            Stop("connected-person-edit", lambda: {"pk": nominal(MARL).connected_people.latest("pk").pk}),
            Stop("process-edit", lambda: {"pk": nominal(MARL).parallel_processes.latest("pk").pk}),
            Stop("warning-edit", lambda: {"pk": nominal(MARL).staff_warnings.latest("pk").pk}),
            Stop("hospital-order-edit", of_hospital_order(TRAVERTINE)),
            Stop("stage-set", of_hospital_order(TRAVERTINE)),
            Stop("stage-set", of_hospital_order(TRAVERTINE), act=sent("Save"), note="empty", status=422),
            Stop("stage-correct", stage_of(TRAVERTINE)),
            Stop("stage-away", stage_of(TRAVERTINE)),
            Stop("ground-end", ground_of(OBSIDIAN)),
            Stop("ground-end", ground_of(OBSIDIAN), act=sent("Save the end date"), note="empty", status=422),
            Stop("ending-decide", ground_of("Kieran Tufa")),
            Stop("whereabouts-correct", stay_of(OBSIDIAN)),
            Stop("whereabouts-add", of(OBSIDIAN), act=_dead, note="preview"),
            Stop("whereabouts-away", stay_of(OBSIDIAN)),
            Stop("address-tenure", address_of(OBSIDIAN)),
            Stop("address-correct", address_of(OBSIDIAN)),
            Stop("address-correct", address_of(OBSIDIAN), act=sent("Save the correction"), note="empty", status=422),
            Stop("address-away", address_of(OBSIDIAN)),
            Stop("ground-start-correct", ground_of(OBSIDIAN)),
            Stop("level-start-correct", lambda: {"pk": nominal(OBSIDIAN).levels.latest("starts_on").pk}),
            Stop("meeting-correct", meeting_of(OBSIDIAN)),
            Stop("meeting-away", meeting_of(OBSIDIAN)),
            Stop("lead-agency-correct", lead_of(OBSIDIAN)),
            Stop("lead-agency-correct", lead_of(OBSIDIAN), act=sent("Save the correction"), note="empty", status=422),
            Stop("lead-agency-away", lead_of(OBSIDIAN)),
            Stop("named-officer-correct", officer_of(OBSIDIAN)),
            Stop("named-officer-away", officer_of(OBSIDIAN)),
            Stop("screening-correct", screening),
            Stop("screening-away", screening),
            Stop("thresholding-correct", thresholding),
            Stop("thresholding-away", thresholding),
            Stop("change-correct", change),
            Stop("change-away", change),
            Stop("identification-correct", identification),
            Stop("identification-away", identification),
            Stop("level-1-review-correct", review_at_level_1),
            Stop(
                "level-1-review-correct",
                review_at_level_1,
                act=sent("Save the correction"),
                note="empty",
                status=422,
            ),
            Stop("level-1-review-away", review_at_level_1),
            Stop("whereabouts-correct", stay_of(OBSIDIAN), act=sent("Save the correction"), note="empty", status=422),
            Stop("ground-void", ground_of(OBSIDIAN)),
            Stop("ground-void", ground_of(OBSIDIAN), act=sent("Void this ground"), note="empty", status=422),
            Stop("ground-add", of(OBSIDIAN)),
            Stop("ground-add", of(OBSIDIAN), act=sent("Continue"), note="empty", status=422),
            *(
                Stop("ground-add", of(OBSIDIAN), act=ground_form(kind), note=kind.value)
                for kind in (GroundKind.NOTIFICATION, GroundKind.QUALIFYING_DISPOSAL, GroundKind.OTHER_DANGEROUS)
            ),
            Stop(
                "ground-add",
                of(OBSIDIAN),
                act=_all(ground_form(GroundKind.OTHER_DANGEROUS), sent("Add this ground")),
                note="sent empty",
                status=422,
            ),
        ),
    ),
    Walk(
        "coordinator, lists that go out",
        "Helen Curlew",
        (
            Stop("exports", note="none yet"),
            Stop("export-ask"),
            Stop("export-ask", query=_LEVEL_3),
            Stop("export-ask", act=sent("Export"), note="of nothing", status=422),
            Stop("export", lambda: {"export": 999_999_999}, note="no such", status=404),
            Stop("export-fetch", lambda: {"export": 999_999_999}, note="no such", status=404),
            Stop("export-withdraw", lambda: {"export": 999_999_999}, note="no such", status=404),
            Stop("register", query="?level=3", act=sent("Export"), note="exported"),
            Stop("exports", note="one"),
            Stop("search", act=_all(searching("Gallena"), sent("Export")), note="taken out"),
            Stop("saved-views"),
            Stop("saved-views", query=_LEVEL_3),
            Stop("saved-views", query=_LEVEL_3, act=sent("Save this view"), note="empty", status=422),
            Stop("saved-view-rename", _view),
            Stop("saved-view-rename", lambda: {"view": 999_999_999}, note="no such", status=404),
            Stop("saved-view-delete", lambda: {"view": 999_999_999}, note="no such", status=404),
        ),
    ),
    Walk(
        "coordinator, account",
        "Helen Curlew",
        (
            Stop("account"),
            Stop("role-choose"),
            Stop("account_change_password"),
            Stop("account_change_password", act=sent("Change password"), note="empty"),
            Stop("account_reauthenticate"),
            Stop("account_logout"),
            Stop("mfa_index"),
            Stop("mfa_reauthenticate"),
            Stop("mfa_reauthenticate", act=sent("Confirm"), note="empty"),
            Stop("mfa_deactivate_totp"),
            Stop("mfa_generate_recovery_codes"),
            Stop("mfa_view_recovery_codes", note="none yet", status=404),
            Stop("mfa_list_webauthn", note="none yet"),
            Stop("mfa_add_webauthn"),
            Stop("usersessions_list"),
        ),
    ),
    Walk(
        "coordinator who is no named reader",
        "Imran Lapwing",
        (
            Stop("nominal", of(OCHRE), note="card", status=403),
            Stop("search", act=_searching_for_ochre, note="card"),
        ),
    ),
    Walk(
        "author of a referral",
        "Sam Wren",
        (
            Stop("referrals"),
            Stop("referral", first_of(Referral, state="returned")),
            Stop("referral-tasks", first_of(Referral, state="returned")),
            Stop("referral-write", section_of("plan")),
            Stop("referral-write", section_of("person")),
            Stop("referral-write", section_of("offence")),
            Stop("referral-write", section_of("hospital")),
            Stop("referral-write", section_of("risk")),
            Stop("referral-send", first_of(Referral, state="returned")),
            Stop(
                "referral-send",
                first_of(Referral, state="returned"),
                act=sent("Send to the manager"),
                note="empty",
                status=422,
            ),
        ),
    ),
    Walk(
        "manager who is asked to endorse",
        "Wendy Waxwing",
        (
            Stop("referral", first_of(Referral, state="awaiting_endorsement")),
            Stop("referral-send-back", first_of(Referral, state="awaiting_endorsement")),
            Stop(
                "referral-send-back",
                first_of(Referral, state="awaiting_endorsement"),
                act=sent("Send back"),
                note="empty",
                status=422,
            ),
        ),
    ),
    Walk(
        "member of the referral panel",
        "Karen Merlin",
        (
            Stop("referrals"),
            Stop("referral", first_of(Referral, state="under_panel")),
            Stop("referral-vote", first_of(Referral, state="under_panel")),
            Stop("referral-vote", first_of(Referral, state="under_panel"), act=sent("Vote"), note="empty", status=422),
        ),
    ),
    Walk(
        "single point of contact",
        "Chris Yaffle",
        (
            Stop("today"),
            Stop("my-invitations"),
            Stop("register"),
            Stop("search"),
            Stop("nominal", of("Shaun Lignite")),
            Stop("actions"),
            Stop("actions", query="?state=overdue"),
            Stop("action-close", own_action),
            Stop("action-close", own_action, act=sent("Close the action"), note="empty", status=422),
            Stop("sittings"),
            Stop("nominal-edit", of("Shaun Lignite"), status=403),
        ),
    ),
    Walk(
        "unit administrator, lists of agencies",
        "Jo Wagtail",
        (
            Stop("extract-list"),
            Stop("extract-add"),
            Stop("extract-add", act=sent("Bring in"), note="empty", status=422),
            Stop("extract", this_months_list),
            Stop("extract-headings", this_months_list, note="named already"),
            Stop("extract-close", this_months_list),
            Stop("extract-cancel", this_months_list),
            Stop("extract-cancel", this_months_list, act=sent("Give it up"), note="not sure", status=422),
            Stop("extract-rows", this_months_list),
            Stop("extract-rows", this_months_list, query="?outcome=changed&state=open&sort=-name"),
            Stop("extract-rows", this_months_list, query="?outcome=unmatched"),
            *(Stop("extract-row", row_of(outcome), note=outcome.value) for outcome in Outcome),
            Stop("extract-rows", this_months_list, query="?outcome=absent"),
            Stop("extract-absences", this_months_list, query="?rows=1", note="nobody ticked"),
            Stop("extract-absence", row_of(Outcome.ABSENT)),
            Stop("extract-absence", row_of(Outcome.ABSENT), act=sent("Save the answer"), note="empty", status=422),
        ),
    ),
    Walk(
        "contact, account",
        "Chris Yaffle",
        (
            Stop("account"),
            Stop("own-absence"),
            Stop("own-absence", act=sent("Save the days"), note="empty", status=422),
        ),
    ),
    Walk(
        "information governance",
        "Olu Sandpiper",
        (
            Stop("today"),
            Stop("access-log"),
            Stop("access-log", query="?kind=search&outcome=ok"),
            Stop("access-log", query="?purpose=stated", note="none"),
            Stop("access-log-nominal", lambda: {"nominal_pk": nominal(OBSIDIAN).pk}, note="nobody looked"),
            Stop("access-log-user", log_of("Ben Siskin")),
            Stop("change-log"),
            Stop("change-log-nominal", lambda: {"nominal_pk": nominal(OBSIDIAN).pk}),
            Stop("change-log-user", log_of("Helen Curlew"), note="nothing"),
            Stop("log-search"),
            Stop("log-search", act=sent("Search"), note="empty", status=422),
            Stop("log-search", act=searching("Galena"), note="a managed person"),
            Stop("log-search", act=searching("Siskin"), note="a user"),
            Stop("looks"),
            Stop("looks", query="?until=2020-03-08", note="nothing"),
            Stop("look-day", day_of("Ben Siskin")),
            Stop("look-day", day_of("Ben Siskin"), act=sent("Save what you found"), note="empty", status=422),
            Stop("look-day", day_of("Helen Curlew"), note="nothing"),
            Stop("nominal-looks", of(OBSIDIAN), status=403),
        ),
    ),
    Walk("board member", "Martin Osprey", (Stop("today"), Stop("register", status=403), Stop("account"))),
    Walk(
        "reviewer",
        "Frances Heron",
        (Stop("today"), Stop("register"), Stop("nominal", of(OBSIDIAN)), Stop("nominal-history", of(OBSIDIAN))),
    ),
    Walk("system administrator", "Kit Swift", (Stop("today"), Stop("register", status=403), Stop("role-choose"))),
    Walk(
        "coordinator, agencies",
        "Helen Curlew",
        (Stop("agencies"), Stop("agency", agency_of("housing-south-derbyshire")), Stop("agency-add", status=403)),
    ),
    Walk(
        "system administrator, agencies",
        "Kit Swift",
        (
            Stop("agencies"),
            Stop("agencies", query="?lacks=isa:expired"),
            Stop("agencies", query="?status=former&duty=da"),
            Stop("agencies", query="?duty=f", note="nobody"),
            Stop("agency", agency_of("tagging")),
            Stop("agency", agency_of("futures")),
            Stop("agency", agency_of("probation")),
            Stop("agency-add"),
            Stop("agency-add", act=sent("Add the agency"), note="empty", status=422),
            Stop("agency-change", agency_of("tagging")),
            Stop("agency-end", agency_of("tagging")),
            Stop("agency-end", agency_of("tagging"), act=sent("Save"), note="empty", status=422),
            Stop("homes-link", agency_of("futures")),
            Stop("homes-end", first_of(FormerHomes)),
            Stop("agreement-record", agency_of("tagging")),
            Stop("agreement-record", agency_of("tagging"), act=sent("Save"), note="empty", status=422),
            Stop("agreement-correct", first_of(Agreement)),
            Stop("contact-name", agency_of("housing-erewash")),
            Stop("contact-name", agency_of("housing-erewash"), act=sent("Save"), note="empty", status=422),
            Stop("contact-end", first_of(Contact, ends_on=None)),
            Stop("absence-record", agency_of("housing-erewash")),
            Stop("succession-plan"),
            Stop("succession-plan", act=sent("Continue"), note="empty", status=422),
            Stop("succession", first_of(Succession)),
            Stop("hand-over", role_of("Priya Dunnock")),
            Stop("hand-over", role_of("Priya Dunnock"), act=sent("Continue"), note="empty", status=422),
            Stop("hand-overs"),
            Stop("planned-hand-over", first_of(PlannedHandOver, done_on=None)),
            Stop("hand-over-change", first_of(PlannedHandOver, done_on=None)),
            Stop(
                "hand-over-change",
                first_of(PlannedHandOver, done_on=None),
                act=sent("Change"),
                note="empty",
                status=422,
            ),
            Stop("person-word-set"),
        ),
    ),
    Walk(
        "system administrator, accounts",
        "Kit Swift",
        (
            Stop("users"),
            Stop("users", query="?role=spoc&state=active&sort=-email"),
            Stop("users", query="?state=invited", note="nobody"),
            Stop("user-search"),
            Stop("user-search", act=sent("Search"), note="empty", status=422),
            Stop("user-search", act=searching_people("lapwing"), note="found"),
            Stop("user-search", act=searching_people("xyzzyx"), note="nobody"),
            Stop("user", account_of("Imran Lapwing")),
            Stop("user", account_of("Mo Pipit"), note="takes over from a leaver"),
            Stop("user", account_of("Kit Swift"), note="oneself"),
            Stop("user-invite"),
            Stop("user-invite", act=sent("Send the invitation"), note="empty", status=422),
            Stop("membership-add", account_of("Imran Lapwing")),
            Stop("membership-add", account_of("Imran Lapwing"), act=sent("Give the role"), note="empty", status=422),
            Stop("membership-end", role_of("Imran Lapwing")),
            Stop("user-disable", account_of("Imran Lapwing")),
            Stop("users", query="?work=left", note="nobody"),
            Stop("user-clearance-ask", account_of("Imran Lapwing")),
            Stop(
                "user-second-factor-ask",
                account_of("Imran Lapwing"),
                act=sent("Ask a second person"),
                note="empty",
                status=422,
            ),
            Stop("user-administrator-ask", account_of("Imran Lapwing")),
            Stop("role-offers", note="nothing is offered"),
            Stop("own-role-offers", note="nothing is offered"),
            Stop("two-person-acts", note="nothing waits"),
            Stop("outbox"),
            Stop("outbox", query="?state=maybe_sent"),
            Stop("outbox", query="?state=left", note="nothing"),
            Stop("providers"),
            Stop("provider-set", agency_called("probation")),
            Stop("provider-set", agency_called("probation"), act=sent("Save"), note="empty", status=422),
            Stop("numbers"),
            Stop("number-set", number("review_level_2")),
            Stop("number-set", number("review_level_2"), act=sent("Set this number"), note="empty", status=422),
            Stop("number-set", number("counts_as_community")),
            Stop("number-set", number("supervision_repealed_on")),
            Stop("system"),
        ),
    ),
)
