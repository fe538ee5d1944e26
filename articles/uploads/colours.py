"""Pictures brought to the one kind of colour that browsers agree on. Runs in a child process."""

import io

from PIL import Image


def in_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB, as L, RGB or RGBA; the same object where nothing had to change.

    An embedded profile is applied where it can be read, and ignored where it cannot.
    """
    profile = image.info.get("icc_profile")
    image = _eight_bits(image)
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        image = _converted(image, profile)
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    return image.convert("RGBA" if _has_alpha(image) else "RGB")


def _has_alpha(image: Image.Image) -> bool:
    return "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa")


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey; convert() would cut them off at 255
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "F":
        return image.convert("L")
    return image


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower() and image.mode != "CMYK":
            return image
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        colours = image.convert("RGB") if alpha else image
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    if converted is None:
        return image
    if alpha:
        converted.putalpha(alpha)
    return converted
