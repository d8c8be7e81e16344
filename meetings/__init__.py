"""Panels, sittings, slots, invitations, minutes and actions. Actions are here; the others come with scheduling."""
