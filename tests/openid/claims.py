"""What the invented agency's provider says about its people, true or spoilt."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from .provider import MISCHIEF


class Validator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        return {"email": request.user.email, "email_verified": True, "amr": ["pwd"]}

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        return claims | MISCHIEF.get(request.user.username, {}), expires
