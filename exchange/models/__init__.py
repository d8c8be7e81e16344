"""What the exchange keeps: lists that agencies send, files on their way out, lists that people keep under a name."""

from .exports import Export, ExportEnd, ExportFile, FileFormat
from .extracts import LONGEST_REASON, Extract, ExtractFile, ExtractRow, Heading
from .feed import FeedToken
from .saved import SavedView

__all__ = [
    "LONGEST_REASON",
    "Export",
    "ExportEnd",
    "ExportFile",
    "Extract",
    "ExtractFile",
    "ExtractRow",
    "FeedToken",
    "FileFormat",
    "Heading",
    "SavedView",
]
