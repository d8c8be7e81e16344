"""The machine interface of referrals: listed, read, begun, written, moved on by the services that the pages call."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.access import can, visible
from agencies.models import Agency, User
from agencies.roles import Perm
from pages.base import Forbidden
from pages.drf import BoundedDateField, GuardedViewSet
from pages.keyed import once_by_key
from pages.lists import ListContext
from rules.vocabulary import Category, DeclineReason, Level, ReferralState, ReferralVerb, Vote, choices

from .forms.referral import CATEGORIES
from .models import Nominal, PanelVote, Referral, ReferralChange
from .referral_sections import SECTIONS
from .referral_waiting import Waiting
from .services.panel import accept_referral, cast_vote, decline_referral, note_told
from .services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    link_person,
    register_again,
    register_received,
    return_referral,
    send_back,
    start_referral,
    withdraw_referral,
    write_referral,
)
from .views.referrals import LISTING

WRITTEN = tuple(name for section in SECTIONS for name in section.fields)
# Parameters of the list as they are called here, and as the page's filters are.
FILTERS = {
    "state": "state",
    "agency": "agency",
    "category": "category",
    "level_asked": "level",
    "waiting": "waiting",
    "received_from": "from",
    "received_to": "to",
}
# By which permission each verb is done; the author withdraws by that to write.
PERM_OF: Mapping[ReferralVerb, Perm] = {
    ReferralVerb.ASK_ENDORSEMENT: Perm.REFERRAL_WRITE,
    ReferralVerb.SEND_BACK: Perm.REFERRAL_ENDORSE,
    ReferralVerb.ENDORSE: Perm.REFERRAL_ENDORSE,
    ReferralVerb.REGISTER: Perm.REFERRAL_HANDLE,
    ReferralVerb.RETURN: Perm.REFERRAL_HANDLE,
    ReferralVerb.TAKE_TO_PANEL: Perm.REFERRAL_HANDLE,
    ReferralVerb.ACCEPT: Perm.REFERRAL_DECIDE,
    ReferralVerb.DECLINE: Perm.REFERRAL_DECIDE,
    ReferralVerb.WITHDRAW: Perm.REFERRAL_HANDLE,
}
_MULTI = [(level.value, level.label) for level in Level if level.is_multi_agency]


class ReferralSerializer(serializers.ModelSerializer[Referral]):
    """A referral. ``nominal`` is empty while it is about nobody of the register; then the names say who is meant. Where
    the referrer typed a name, the record that the unit found is named only to whoever may open it.
    """

    nominal = serializers.IntegerField(source="told", allow_null=True, read_only=True)

    class Meta:
        model = Referral
        fields = (
            "id", "agency", "nominal", "family_name", "given_names", "born_on", "state", "received_on", "endorsed_by",
            "endorsed_on", *WRITTEN, "decided_on", "level_given", "decline_reason", "decline_text", "route", "told_on",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class ReferralStartSerializer(serializers.Serializer[Any]):
    """The agency that refers, and a person of the register or, when they are not found there, their name."""

    agency: "serializers.PrimaryKeyRelatedField[Agency]" = serializers.PrimaryKeyRelatedField(
        queryset=Agency.objects.all()
    )
    nominal = serializers.IntegerField(min_value=1, required=False)
    family_name = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    given_names = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    born_on = BoundedDateField(required=False)


class ReferralReceivedSerializer(ReferralStartSerializer):
    """A referral that came as a document: whom it is about, and what drives rules. The panel reads the document."""

    referrer = serializers.CharField(max_length=120)
    endorsed_by = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    received_on = BoundedDateField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    level_asked = serializers.ChoiceField(choices=_MULTI)
    advice = serializers.IntegerField(
        min_value=1, required=False, source="advice_id", help_text="The advice after which it came, if it did."
    )


class LinkSerializer(serializers.Serializer[Any]):
    """The record of the register that the referral is about."""

    nominal = serializers.IntegerField(min_value=1)


class ToldSerializer(serializers.Serializer[Any]):
    """The day on which the referrer was told of the decline."""

    told_on = BoundedDateField()


class ReferralWriteSerializer(serializers.ModelSerializer[Referral]):
    """Some of what the referral says, and the ``version`` that was read: a later one is a conflict (409)."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        key: BoundedDateField if field is serializers.DateField else field
        for key, field in serializers.ModelSerializer.serializer_field_mapping.items()
    }
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Referral
        fields = (*WRITTEN, "version")
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {name: {"required": False} for name in WRITTEN}


class ReferralChangeSerializer(serializers.ModelSerializer[ReferralChange]):
    """What was done, when, by whom and why."""

    by = serializers.CharField(source="by.name", read_only=True, default=None)

    class Meta:
        model = ReferralChange
        fields = ("verb", "state", "happened_on", "by", "note")
        read_only_fields = fields


class NewChangeSerializer(serializers.Serializer[Any]):
    """What is to be done. ``endorser`` belongs to asking for endorsement, ``note`` to sending back, returning,
    withdrawing, giving to the panel without the document and accepting after a tie, ``level`` to accepting, the other
    three to declining.
    """

    verb = serializers.ChoiceField(choices=choices(ReferralVerb))
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    endorser: "serializers.PrimaryKeyRelatedField[User]" = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), required=False
    )
    level = serializers.ChoiceField(choices=_MULTI, required=False)
    reason = serializers.ChoiceField(choices=choices(DeclineReason), required=False)
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    route = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)
    version = serializers.IntegerField(min_value=1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = {ReferralVerb.ASK_ENDORSEMENT: "endorser", ReferralVerb.ACCEPT: "level", ReferralVerb.DECLINE: "reason"}
        name = asked.get(ReferralVerb(attrs["verb"]))
        if name is not None and name not in attrs:
            raise serializers.ValidationError({name: ["This verb needs it."]})
        return attrs


class VoteSerializer(serializers.ModelSerializer[PanelVote]):
    """A vote of the panel, with reasons. ``round`` counts how often the referral went to the panel."""

    voter = serializers.CharField(source="voter.name", read_only=True)

    class Meta:
        model = PanelVote
        fields = ("round", "voter", "vote", "reasons", "recorded_for_them")
        read_only_fields = fields


class NewVoteSerializer(serializers.Serializer[Any]):
    """One's own vote."""

    vote = serializers.ChoiceField(choices=choices(Vote))
    reasons = serializers.CharField(max_length=4000)


class MemberVoteSerializer(NewVoteSerializer):
    """What a member of the panel said by phone or e-mail (R108). ``voter`` is their user."""

    voter: "serializers.PrimaryKeyRelatedField[User]" = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True)
    )


class ReferralFilters(serializers.Serializer[Any]):
    """Filters of the list, those of its page."""

    state = serializers.MultipleChoiceField(choices=choices(ReferralState), required=False)
    agency = serializers.IntegerField(min_value=1, required=False)
    category = serializers.ChoiceField(choices=choices(Category), required=False)
    level_asked = serializers.ChoiceField(choices=_MULTI, required=False)
    waiting = serializers.ChoiceField(choices=choices(Waiting), required=False)
    received_from = BoundedDateField(required=False)
    received_to = BoundedDateField(required=False)


@extend_schema_view(
    list=extend_schema(summary="Referrals, with the filters of their page", parameters=[ReferralFilters]),
    retrieve=extend_schema(summary="One referral"),
    create=extend_schema(
        summary="Begin a referral; refused by a rule: 409 with reasons",
        request=ReferralStartSerializer,
        responses={201: ReferralSerializer},
    ),
    partial_update=extend_schema(
        summary="Write in a referral of one's own; refused by a rule or changed meanwhile: 409",
        request=ReferralWriteSerializer,
        responses=ReferralSerializer,
    ),
)
class ReferralViewSet(GuardedViewSet[Referral]):
    """Referrals to Level 2 and 3."""

    permission = Perm.REFERRAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.REFERRAL_WRITE,
        "partial_update": Perm.REFERRAL_WRITE,
        "vote": Perm.REFERRAL_VOTE,
        "received": Perm.REFERRAL_HANDLE,
        "member_vote": Perm.REFERRAL_HANDLE,
        "link": Perm.REFERRAL_HANDLE,
        "told": Perm.REFERRAL_HANDLE,
    }
    seen_by = Perm.REFERRAL_VIEW
    model = Referral
    queryset = Referral.objects.none()
    serializer_class = ReferralSerializer
    parameters = frozenset(FILTERS)

    def rows(self) -> QuerySet[Referral]:
        """With the record that the reader is told of."""
        found = visible(self.principal, Nominal.objects.filter(pk=OuterRef("nominal")), Perm.NOMINAL_VIEW)
        told = Case(When(family_name="", then=F("nominal")), default=Subquery(found.values("pk")[:1]))
        return Referral.objects.annotate(told=told).select_related("nominal", "agency").order_by("-received_on", "-pk")

    def _said(self, referral: Referral) -> Any:
        return ReferralSerializer(self.rows().get(pk=referral.pk)).data

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = ReferralFilters(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        values = {FILTERS[name]: value for name, value in asked.validated_data.items()}
        return LISTING.filtered(queryset, values, ListContext(self.principal, self.today))

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        said = ReferralStartSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        about = {name: value for name, value in said.validated_data.items() if name not in ("agency", "nominal")}
        stored = start_referral(
            by=self.principal,
            today=self.today,
            agency_id=said.validated_data["agency"].pk,
            subject=Subject(nominal_id=said.validated_data.get("nominal"), **about),
        )
        return Response(self._said(stored), status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = ReferralWriteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        values = dict(said.validated_data)
        version = values.pop("version")
        written = write_referral(
            by=self.principal,
            today=self.today,
            referral_id=referral.pk,
            section="interface",
            values=values,
            version=version,
        )
        return Response(self._said(written))

    @extend_schema(summary="What was done with a referral", responses=ReferralChangeSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        found = self.get_object().changes.select_related("by")
        return Response(ReferralChangeSerializer(found, many=True).data)

    @extend_schema(
        summary="Move a referral on; refused by a rule or changed meanwhile: 409 with reasons",
        request=NewChangeSerializer,
        responses=ReferralSerializer,
    )
    @changes.mapping.post
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = NewChangeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        given = said.validated_data
        verb = ReferralVerb(given["verb"])
        own = verb is ReferralVerb.WITHDRAW and referral.author_id == self.principal.user_id
        if not (decision := can(self.principal, Perm.REFERRAL_WRITE if own else PERM_OF[verb], referral)):
            raise Forbidden(decision)
        common = {"by": self.principal, "today": self.today, "referral_id": referral.pk}
        return Response(self._said(_SERVICES[verb](common, given)))

    @extend_schema(
        summary="Vote; refused by a rule: 409 with reasons",
        request=NewVoteSerializer,
        responses={201: VoteSerializer},
    )
    @action(detail=True, methods=["post"], url_path="votes", url_name="votes")
    def vote(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = NewVoteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        stored = cast_vote(
            by=self.principal,
            today=self.today,
            referral_id=referral.pk,
            vote=Vote(said.validated_data["vote"]),
            reasons=said.validated_data["reasons"],
        )
        return Response(VoteSerializer(stored).data, status=201)

    @extend_schema(
        summary="Register a referral that came as a document; refused by a rule: 409 with reasons",
        request=ReferralReceivedSerializer,
        responses={201: ReferralSerializer},
    )
    @action(detail=False, methods=["post"])
    @once_by_key
    def received(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        said = ReferralReceivedSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        given = dict(said.validated_data)
        whom = {name: given.pop(name, None) for name in ("family_name", "given_names", "born_on")}
        stored = register_received(
            by=self.principal,
            today=self.today,
            agency_id=given.pop("agency").pk,
            subject=Subject(nominal_id=given.pop("nominal", None), **whom),
            **given,
        )
        return Response(self._said(stored), status=201)

    @extend_schema(
        summary="Write down the vote of a member of the panel; refused by a rule: 409 with reasons",
        request=MemberVoteSerializer,
        responses={201: VoteSerializer},
    )
    @action(detail=True, methods=["post"], url_path="member-votes", url_name="member-votes")
    def member_vote(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = MemberVoteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        stored = cast_vote(
            by=self.principal,
            today=self.today,
            referral_id=referral.pk,
            vote=Vote(said.validated_data["vote"]),
            reasons=said.validated_data["reasons"],
            voter_id=said.validated_data["voter"].pk,
        )
        return Response(VoteSerializer(stored).data, status=201)

    @extend_schema(
        summary="Link a referral to a record; refused by a rule: 409 with reasons",
        request=LinkSerializer,
        responses=ReferralSerializer,
    )
    @action(detail=True, methods=["post"])
    def link(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = LinkSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        asked = Nominal.objects.filter(pk=said.validated_data["nominal"])
        found = visible(self.principal, asked, Perm.NOMINAL_VIEW).first()
        if found is None:
            # What is hidden and what is absent are answered alike (R99).
            raise serializers.ValidationError({"nominal": ["There is no such record."]})
        linked = link_person(by=self.principal, today=self.today, referral_id=referral.pk, nominal_id=found.pk)
        return Response(self._said(linked))

    @extend_schema(
        summary="Record when the referrer was told of a decline; refused by a rule: 409 with reasons",
        request=ToldSerializer,
        responses=ReferralSerializer,
    )
    @action(detail=True, methods=["post"])
    def told(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        referral = self.get_object()
        said = ToldSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        noted = note_told(by=self.principal, today=self.today, referral_id=referral.pk, **said.validated_data)
        return Response(self._said(noted))


Given = Mapping[str, Any]


def _noted(service: Callable[..., Referral]) -> Callable[[dict[str, Any], Given], Referral]:
    """A service that takes a note and a version."""
    return lambda common, said: service(**common, note=said["note"], version=said.get("version"))


def _plain(service: Callable[..., Referral]) -> Callable[[dict[str, Any], Given], Referral]:
    """A service that takes a version only."""
    return lambda common, said: service(**common, version=said.get("version"))


_SERVICES: Mapping[ReferralVerb, Callable[[dict[str, Any], Given], Referral]] = {
    ReferralVerb.ASK_ENDORSEMENT: lambda common, said: ask_endorsement(
        **common, endorser_id=said["endorser"].pk, version=said.get("version")
    ),
    ReferralVerb.SEND_BACK: _noted(send_back),
    ReferralVerb.ENDORSE: _plain(endorse_referral),
    ReferralVerb.REGISTER: _plain(register_again),
    ReferralVerb.RETURN: _noted(return_referral),
    ReferralVerb.TAKE_TO_PANEL: _noted(give_to_panel),
    ReferralVerb.ACCEPT: lambda common, said: accept_referral(**common, level=Level(said["level"]), note=said["note"]),
    ReferralVerb.DECLINE: lambda common, said: decline_referral(
        **common, reason=DeclineReason(said["reason"]), text=said["text"], route=said["route"]
    ),
    ReferralVerb.WITHDRAW: _noted(withdraw_referral),
}
