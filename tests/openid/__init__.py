"""An OpenID provider of its own, as an agency would have one, for the tests of signing in by it."""
