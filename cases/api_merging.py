"""The machine interface of a merge: what it would move is read first, then it is made; the same of its undo (R4)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from pages.base import Moved
from pages.conflicts import Conflict
from pages.drf import GuardedViewSet, ReasonOfRuleSerializer
from rules.vocabulary import Handling, Level, choices

from .api import OfNominalViewSet
from .forms.merging import LENGTH
from .merging.plan import Part, plan_merge
from .merging.undoing import plan_undo
from .models import Merge, Nominal
from .services.merging import DETAILS, may_merge_nominals, may_undo_merge, merge_nominals, undo_merge
from .stamps import stamp_of
from .views.merging import name_lost

MOVES, PARTLY, STAYS = "moves", "partly", "stays"


class MergeSerializer(serializers.ModelSerializer[Merge]):
    """A merge: which record went into which, why, and whether it has been undone."""

    class Meta:
        model = Merge
        fields = ("id", "kept", "absorbed", "reason", "handling", "merged_on", "undone_on", "undo_reason")


class _TakesSerializer(serializers.Serializer[Any]):
    """What is taken from the record that is absorbed."""

    takes = serializers.MultipleChoiceField(choices=list(DETAILS), required=False)


class NewMergeSerializer(_TakesSerializer):
    """Why they are one person, and whose values win. ``version`` as it was read with what would move: when one of the
    records has been changed since, it is a conflict (409); without a version nothing is compared.
    """

    reason = serializers.CharField(max_length=LENGTH)
    version = serializers.IntegerField(min_value=1, required=False)


class NewMergeUndoSerializer(serializers.Serializer[Any]):
    """Why they are two people, and which of the rows that were changed since the merge go back."""

    reason = serializers.CharField(max_length=LENGTH)
    goes_back = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list)
    since_is_theirs = serializers.BooleanField(
        default=False, help_text="All that was recorded since is about the person whose record is kept."
    )
    version = serializers.IntegerField(min_value=1, required=False)


class MovingRowSerializer(serializers.Serializer[Any]):
    """A row in words, and what happens to it: partly is for some of its days, for the others the kept record stands."""

    text = serializers.CharField()
    happens = serializers.ChoiceField(choices=[MOVES, PARTLY, STAYS])
    why = serializers.CharField(allow_blank=True)


class MovingPartSerializer(serializers.Serializer[Any]):
    """The rows of one table."""

    name = serializers.CharField()
    rows = MovingRowSerializer(many=True)


class LevelAfterSerializer(serializers.Serializer[Any]):
    """A level of the merged record."""

    level = serializers.ChoiceField(choices=choices(Level))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class _AllowedSerializer(serializers.Serializer[Any]):
    """Whether it may be done, and what stands against it."""

    allowed = serializers.BooleanField()
    reasons = ReasonOfRuleSerializer(many=True)
    version = serializers.IntegerField()


class MergePreviewSerializer(_AllowedSerializer):
    """Everything that a merge would do. ``another_name`` is the name that does not win, kept as another name."""

    handling = serializers.ChoiceField(choices=choices(Handling))
    another_name = serializers.CharField(allow_blank=True)
    levels = LevelAfterSerializer(many=True)
    parts = MovingPartSerializer(many=True)


class RowSinceSerializer(serializers.Serializer[Any]):
    """A row recorded since the merge, which stays with the kept record."""

    table = serializers.CharField()
    text = serializers.CharField()


class RowChangedSerializer(RowSinceSerializer):
    """A row that moved and has been changed since: it stays, unless its ``id`` is sent in ``goes_back``."""

    id = serializers.IntegerField(source="line.pk")


class MergeUndoPreviewSerializer(_AllowedSerializer):
    """What undoing the last merge into the record would leave where it is; everything else goes back."""

    merge = MergeSerializer(allow_null=True)
    changed = RowChangedSerializer(many=True)
    opens = serializers.BooleanField(
        help_text="The absorbed record's handling is the stricter one: what came from it goes back, what was recorded "
        "since stays only with `since_is_theirs`."
    )
    sent_back = RowSinceSerializer(many=True, help_text="Changed since the merge, and goes back as it is.")
    since = RowSinceSerializer(many=True)


class PairViewSet(OfNominalViewSet, abstract=True):
    """Two records that the address names, each fetched through the access engine."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    queryset = Nominal.objects.none()

    def rows(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area")

    def moved(self, moved: Moved) -> str:
        """When the two are one record by now, that record: there is nothing to compare it with."""
        if {str(value) for value in self.kwargs.values()} == {str(moved.old), str(moved.new)}:
            return reverse("api-nominal-detail", args=[moved.new])
        return super().moved(moved)


class MergeViewSet(PairViewSet):
    """Two records of one person: the first of the address is kept."""

    serializer_class = MergeSerializer
    parameters = frozenset({"takes"})

    @extend_schema(
        summary="What merging a record into this one would do",
        description="The record of `id` goes into that of `nominal_pk`. Nothing is changed. Two that are one record by "
        "now: 308 to that record.",
        parameters=[OpenApiParameter("takes", str, many=True, enum=list(DETAILS))],
        responses=MergePreviewSerializer,
    )
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        kept, absorbed = self.nominal(), self.get_object()
        self.refuse_unknown(request)
        sent = _TakesSerializer(data=request.query_params)
        sent.is_valid(raise_exception=True)
        takes = set(sent.validated_data.get("takes", ()))
        plan = plan_merge(kept, absorbed, today=self.today)
        decision = may_merge_nominals(
            kept, by=self.principal, today=self.today, absorbed=absorbed, takes=takes, plan=plan
        )
        found = {
            "allowed": bool(decision),
            "reasons": decision.reasons,
            "version": _stamp(kept, absorbed),
            "handling": plan.handling,
            "another_name": name_lost(plan, takes),
            "levels": plan.levels,
            "parts": [{"name": part.name, "rows": _rows_of(part)} for part in plan.parts()],
        }
        return Response(MergePreviewSerializer(found).data)

    @extend_schema(
        summary="Merge a record into this one; refused by a rule or changed meanwhile: 409",
        request=NewMergeSerializer,
        responses={201: MergeSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        kept, absorbed = self.nominal(), self.get_object()
        sent = NewMergeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        _unchanged(said, _stamp(kept, absorbed))
        merge = merge_nominals(
            by=self.principal,
            today=self.today,
            kept_id=kept.pk,
            absorbed_id=absorbed.pk,
            reason=said["reason"],
            takes=set(said.get("takes", ())),
        )
        return Response(MergeSerializer(merge).data, status=201)


class MergeUndoViewSet(GuardedViewSet[Nominal]):
    """The last merge into a record, undone as a whole."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    queryset = Nominal.objects.none()
    serializer_class = MergeSerializer

    @extend_schema(summary="What undoing the last merge into a record would do", responses=MergeUndoPreviewSerializer)
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        kept = self.get_object()
        self.refuse_unknown(request)
        undo = plan_undo(kept)
        decision = may_undo_merge(kept, by=self.principal, today=self.today, undo=undo)
        found = {
            "allowed": bool(decision),
            "reasons": decision.reasons,
            "version": kept.version,
            "merge": undo.merge,
            "changed": undo.changed,
            "opens": undo.opens,
            "sent_back": [{"table": table, "text": text} for table, text in undo.sent_back],
            "since": [{"table": table, "text": text} for table, text in undo.since],
        }
        return Response(MergeUndoPreviewSerializer(found).data)

    @extend_schema(
        summary="Undo the last merge into a record; refused by a rule or changed meanwhile: 409",
        request=NewMergeUndoSerializer,
        responses={200: MergeSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        kept = self.get_object()
        sent = NewMergeUndoSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        _unchanged(said, kept.version)
        goes_back = set(said["goes_back"])
        if goes_back - {each.line.pk for each in plan_undo(kept).changed}:
            raise serializers.ValidationError({"goes_back": "Name rows that were changed since the merge."})
        merge = undo_merge(
            by=self.principal,
            today=self.today,
            kept_id=kept.pk,
            reason=said["reason"],
            goes_back=goes_back,
            since_is_theirs=said["since_is_theirs"],
        )
        return Response(MergeSerializer(merge).data)


def _stamp(kept: Nominal, absorbed: Nominal) -> int:
    """A version of both records together."""
    return stamp_of(Nominal.objects.filter(pk__in=[kept.pk, absorbed.pk]))


def _unchanged(said: Mapping[str, Any], version: int) -> None:
    """Raises ``Conflict`` when a version was sent and is another one."""
    if said.get("version", version) != version:
        raise Conflict


def _rows_of(part: Part) -> list[dict[str, str]]:
    rows = ((MOVES, part.moving), (PARTLY, part.cut), (STAYS, part.staying))
    return [{"text": text, "happens": happens, "why": why} for happens, several in rows for text, why in several]
