"""How built files are served: by hashed names that may be kept for ever, modules that import one another included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the library has no types
    """WhiteNoise's storage, which also puts hashed names into the imports of scripts."""

    support_js_module_import_aggregation = True
