"""Content packs: quotes, stickers, face paint and 3D objects by expression, in a folder that users copy and edit.

`docs/content-packs.md` describes the files.
"""

from emoar.overlay.content.load import default_content, load_content
from emoar.overlay.content.pack import ContentPack, FacePaint, HeadObject, Place, Quote, Sticker, content_for

__all__ = [
    "ContentPack",
    "FacePaint",
    "HeadObject",
    "Place",
    "Quote",
    "Sticker",
    "content_for",
    "default_content",
    "load_content",
]
