"""Third-party disclosure and the public disclosure schemes. Its tables come with the meeting record."""
