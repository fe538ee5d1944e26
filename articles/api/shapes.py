"""The shapes that answers are made of, as JSON schemas: what a word of the tables looks like in OpenAPI."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from ..models import MediaAsset
from .bodies import whole

Schema = dict[str, Any]
CODES = [code for code, _name in settings.LANGUAGES]

TEXT: Schema = {"type": "string"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
NUMBER: Schema = {"type": "integer", "minimum": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
LANGUAGE: Schema = {"type": "string", "enum": CODES}
YES_OR_NO: Schema = {"type": "boolean"}


def thing(**properties: Schema) -> Schema:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(one: Schema) -> Schema:
    return {"type": "array", "items": one}


def or_null(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "null"}]}


def moment(at: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PICTURE = thing(
    id=NUMBER,
    alt=TEXT,
    caption=TEXT,
    credit=TEXT,
    renditions=list_of(
        thing(
            url=ADDRESS,
            width=NUMBER,
            height=NUMBER,
            type={"type": "string", "enum": ["image/avif", "image/webp"]},
            crop={"type": "string", "enum": ["3x2", "full"]},
        )
    ),
)


def picture(asset: MediaAsset) -> dict[str, Any]:
    return {
        "id": asset.pk,
        "alt": asset.display_alt,
        "caption": asset.display_caption,
        "credit": asset.credit,
        "renditions": [
            {"url": whole(path), "width": width, "height": height, "type": f"image/{form}", "crop": crop}
            for crop in ("full", "3x2")
            if asset.renditions.get(crop)
            for form in ("webp", "avif")
            for width, height, path in asset.drawn(crop, form)
        ],
    }
