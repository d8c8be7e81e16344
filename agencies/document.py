"""``docs/access.md``, made from the table of roles: what people read and what the system asks are one thing."""

from .roles import COUNTING, TABLE, Perm, Role, Scope

_HEAD = """# Who may do what

Made from `agencies/roles.py` by `manage.py write_docs`; do not edit. How the rows a scope reaches are found is in
`agencies/access.py`.

## What every cell stands on

- A role allows, a grant widens what the role reaches, an exclusion beats both.
- A restricted record opens to its named readers only; whoever else has it in scope sees a card, "contact the unit".
- A Category 4 record does not exist for a person without clearance: no page, no hit, no count.
- A role acts from its first day to its last; what has ended is gone at the next request.
- A referral in which an agency typed a name stays that agency's to read, write and endorse, whichever record it was
  found to be about; of the record it shows them nothing.
- The history of a record shows a table to those who read the pages of its rows (`desk/compartments.py`): advice to the
  unit, meetings to readers of the calendar, invitations to those who plan. Referrals, with their drafts and votes, are
  in no history of a record: their own page knows its readers. Information governance reads which fields were changed,
  drafts included, and never a value.
"""


def markdown() -> str:
    """The whole document, the same for the same table."""
    parts = [_HEAD, _scopes(), _matrix(), *(_role(role) for role in Role)]
    return "\n".join(parts)


def _scopes() -> str:
    lines = ["## How far a permission reaches", "", "| Scope | Reaches |", "|---|---|"]
    lines += [f"| {scope} | {scope.label} |" for scope in Scope]
    counting = ", ".join(sorted(f"`{perm}`" for perm in COUNTING))
    lines += ["", f"Figures and logs ({counting}) count restricted records too: they open none.", ""]
    return "\n".join(lines)


def _matrix() -> str:
    lines = ["## All roles", "", "| Permission | " + " | ".join(role.label for role in Role) + " |"]
    lines.append("|---" * (len(Role) + 1) + "|")
    lines += [f"| `{perm}` | " + " | ".join(str(TABLE[role].get(perm, "")) for role in Role) + " |" for perm in Perm]
    return "\n".join([*lines, ""])


def _role(role: Role) -> str:
    lines = [f"## {role.label}", ""]
    lines += [f"- {perm.label} ({TABLE[role][perm].label})" for perm in Perm if perm in TABLE[role]]
    return "\n".join([*lines, ""])
