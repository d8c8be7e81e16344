"""Recording a decision on the level: only what the grounds (R25, R31) and the present level (R36) allow is offered."""

from collections.abc import Mapping
from typing import Any

from agencies.roles import Perm
from cases.facts import facts_of
from cases.forms.level import LevelForm
from cases.services.levels import set_level
from rules.core import DAY
from rules.levels import allowed_levels, bodies_that_may_decide, level_on
from rules.vocabulary import DecidingBody, Level

from .about import SpanFormPage


class LevelSet(SpanFormPage):
    """Set the level from the day of the decision, with the criteria that carry it (R33, R34)."""

    permission = Perm.LEVEL_RECORD
    form_class = LevelForm
    template_name = "cases/level_set.html"
    title = "Set the level"
    submit_label = "Save the decision"
    part = "status"
    done = "The level has been recorded."
    spans = "levels"

    def said_by(self, span: Any) -> Mapping[str, Any]:
        return {
            "level": span.get_level_display(),
            "decided_by": span.get_decided_by_display(),
            "starts_on": span.starts_on,
            "reason": span.reason,
        }

    def get_form_kwargs(self) -> Mapping[str, Any]:
        facts = facts_of(self.object)
        allowed = allowed_levels(facts.grounds, self.today).value
        levels = [level for level in Level if level in allowed and level is not Level.NOT_SET]
        # A decision of today takes the place of one that was recorded today, so it may start from the day before too.
        days = [self.today, *(self.today - DAY for span in facts.levels if span.starts_on == self.today)]
        bodies = {body for day in days for body in bodies_that_may_decide(level_on(facts.levels, day).value, levels)}
        return {"levels": levels, "bodies": [body for body in DecidingBody if body in bodies]}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        allowed = allowed_levels(facts_of(self.object).grounds, self.today)
        return super().get_context_data(allowed=allowed, **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        set_level(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            level=Level(said["level"]),
            starts_on=said["starts_on"],
            decided_by=DecidingBody(said["decided_by"]),
            criteria=form.criteria(),
            reason=said["reason"],
            backdating_reason=said["backdating_reason"],
            version=self.sent_version or 0,
        )
        return self.back()
