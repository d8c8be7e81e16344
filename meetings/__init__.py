"""Panels, sittings, slots, invitations, minutes and actions. Its tables come with scheduling."""
