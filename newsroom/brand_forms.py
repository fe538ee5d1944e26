"""What a publisher says of the brand, as typed values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import branding, contrast
from articles.branding import Drawn
from articles.models import Brand
from articles.models.brand import NETWORKS, logo_url
from articles.picture_forms import data_of
from articles.uploads import pictures

ACCEPT = "image/png,image/jpeg,image/webp"
# Rows of links that stand open; the others are folded away.
OPEN_ROWS = 3
_BRACES = re.compile(r"\{[^{}]*\}?|\}")
_SHORT = re.compile(r"#?([0-9a-f])([0-9a-f])([0-9a-f])")


def _words(name: str, rows: int = 0) -> forms.Widget:
    """Arabic stands from the right, even where it begins with a year or a Latin name."""
    way = {"dir": "rtl", "lang": "ar"} if name.endswith("_ar") else {"dir": "auto"}
    attributes = {"class": "vTextField", **way}
    return forms.Textarea({**attributes, "rows": rows}) if rows else forms.TextInput(attributes)


class BrandForm(forms.ModelForm):
    """Texts, colours and links of the brand, and new files for its pictures. `values` is what the verb takes."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    class Meta:
        model = Brand
        fields = [*branding.WORDS, *branding.COLOURS]
        widgets = {
            **{name: _words(name) for name in branding.WORDS if name not in ("about", "about_ar", "email")},
            "about": _words("about", 3),
            "about_ar": _words("about_ar", 3),
            "email": forms.EmailInput({"class": "vTextField", "dir": "ltr"}),
            "accent": forms.TextInput({"dir": "ltr", "size": 9, "spellcheck": "false", "data-colour": "light"}),
            "accent_dark": forms.TextInput({"dir": "ltr", "size": 9, "spellcheck": "false", "data-colour": "dark"}),
        }
        labels = {
            **{name: gettext_lazy("English") for name in ("name", "tagline", "about", "copyright")},
            **{f"{name}_ar": gettext_lazy("Arabic") for name in ("name", "tagline", "about", "copyright")},
            "email": gettext_lazy("E-mail address for readers"),
            "accent": gettext_lazy("In light mode"),
            "accent_dark": gettext_lazy("In dark mode"),
            "accent_on_links": gettext_lazy("Links and buttons have this colour too"),
        }
        help_texts = {
            "email": gettext_lazy("Stands in the footer. Empty: readers find the contact form there."),
            "accent_dark": gettext_lazy("Empty: made from the colour for light mode."),
        }

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        initial = {"seen": brand.version, **kwargs.pop("initial", {})}
        for number, row in enumerate(brand.social):
            initial |= {f"network_{number}": row.get("network"), f"url_{number}": row.get("url")}
        super().__init__(*args, instance=branding.typed(brand, {}), initial=initial, label_suffix="", **kwargs)
        self.brand = brand
        for name in Brand.PICTURES:
            label = Brand._meta.get_field(name).verbose_name
            widget = forms.FileInput({"accept": ACCEPT})
            self.fields[f"{name}_file"] = forms.FileField(label=label, required=False, widget=widget)
            self.fields[f"{name}_remove"] = forms.BooleanField(label=gettext_lazy("Take it away"), required=False)
        choices = [("", "—"), *NETWORKS.items()]
        for number in range(Brand.MOST_LINKS):
            self.fields[f"network_{number}"] = forms.ChoiceField(
                label=_("Where, %(number)d") % {"number": number + 1}, choices=choices, required=False
            )
            self.fields[f"url_{number}"] = forms.CharField(
                label=_("Address, %(number)d") % {"number": number + 1},
                max_length=300,
                required=False,
                widget=forms.URLInput({"class": "vURLField", "dir": "ltr", "placeholder": "https://"}),
            )

    # Parts, as the template draws them.

    def pairs(self) -> list[dict[str, Any]]:
        """Texts in both languages."""
        said = {
            "name": (_("Name"), _("In the header, in titles, as the sender of mails and on papers.")),
            "tagline": (_("Tagline"), _("A few words below the name, and what search engines say of the front page.")),
            "about": (_("About the newsroom"), _("One or two sentences for the footer.")),
            "copyright": (
                _("Copyright line"),
                _("Empty: © {year} {name}. Write {year} and {name} where they shall stand."),
            ),
        }
        return [
            {"name": name, "title": title, "help": text, "fields": [self[name], self[f"{name}_ar"]]}
            for name, (title, text) in said.items()
        ]

    def marks(self) -> list[dict[str, Any]]:
        """Pictures: the field for a new file, the tick that takes it away, and what is there now."""
        said = {
            "logo": _("Stands in the place of the name: at most 232 × 56 pixels large, so send twice that or more."),
            "logo_dark": _("Of the same shape. Empty: a dark logo without ground is made light by itself."),
            "logo_ar": _("Empty: Arabic pages show the logo above."),
            "logo_ar_dark": _("Of the same shape as the one for Arabic pages."),
            "icon": _("Square, 180 pixels or more. Empty: the first letter of the name on the accent colour."),
        }
        rows = []
        for name, text in said.items():
            facts = getattr(self.brand, name)
            rows.append(
                {
                    "name": name,
                    "file": self[f"{name}_file"],
                    "remove": self[f"{name}_remove"] if facts else None,
                    "help": text,
                    "facts": facts,
                    "src": logo_url(facts["key"]) if facts else "",
                    "is_dark": name.endswith("_dark"),
                }
            )
        return rows

    def link_rows(self) -> tuple[list[Any], list[Any]]:
        """Rows that stand open, and those that are folded away."""
        rows = [(self[f"network_{number}"], self[f"url_{number}"]) for number in range(Brand.MOST_LINKS)]
        open_rows = max(
            [OPEN_ROWS, *(n + 2 for n, (network, url) in enumerate(rows) if network.value() or url.value())]
        )
        return rows[:open_rows], rows[open_rows:]

    # Values.

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in branding.WORDS:
            if name in data and branding.one_line(data[name]) != " ".join(data[name].split(" ")).strip():
                self.add_error(name, _("Write this on one line, without control characters."))
        for name in ("copyright", "copyright_ar"):
            if strange := [
                found for found in _BRACES.findall(data.get(name) or "") if found not in ("{year}", "{name}")
            ]:
                sentence = _("Only {year} and {name} are filled in; %(found)s is not. Take it out.")
                self.add_error(name, sentence % {"found": strange[0]})
        self._check_colours(data)
        for name in Brand.PICTURES:
            self._draw(name)
        data["social"] = self._links(data)
        return data

    def clean_accent(self) -> str:
        return _colour(self.cleaned_data["accent"])

    def clean_accent_dark(self) -> str:
        return _colour(self.cleaned_data["accent_dark"])

    def _check_colours(self, data: dict[str, Any]) -> None:
        links = data.get("accent_on_links", False)
        for mode, name in (("light", "accent"), ("dark", "accent_dark")):
            if data.get(name) and (sentence := branding.refusal(data[name], mode, links=links)):
                self.add_error(name, sentence)
        if data.get("accent_dark") and not data.get("accent") and "accent" not in self.errors:
            self.add_error("accent", _("Choose the colour for light mode too, or leave both empty."))

    def _draw(self, name: str) -> None:
        data = self.cleaned_data
        if upload := data.get(f"{name}_file"):
            try:
                data[name] = branding.draw(name, data_of(upload))
            except pictures.PictureRefused as refusal:
                self.add_error(f"{name}_file", str(refusal))
            except ValidationError as error:
                self.add_error(f"{name}_file", error)
        elif data.get(f"{name}_remove"):
            data[name] = {}

    def _links(self, data: dict[str, Any]) -> list[dict[str, str]]:
        links = []
        for number in range(Brand.MOST_LINKS):
            network, url = data.get(f"network_{number}", ""), data.get(f"url_{number}", "").strip()
            if not network and not url:
                continue
            if sentence := _wrong_link(network, url):
                self.add_error(f"url_{number}", sentence)
            links.append({"network": network, "url": url})
        return links

    def values(self) -> dict[str, Any]:
        """What the verb saves; what is wrong is left out."""
        names = [*branding.WORDS, *branding.COLOURS, *Brand.PICTURES, "social"]
        links_are_right = not any(name.startswith(("network_", "url_")) for name in self.errors)
        return {
            name: self.cleaned_data[name]
            for name in names
            if name in self.cleaned_data and (name != "social" or links_are_right)
        }

    def drawn(self) -> dict[str, Drawn]:
        return {name: value for name, value in self.values().items() if isinstance(value, Drawn)}


def _colour(text: str) -> str:
    """`#rrggbb`, from that, from three digits, with the sign or without."""
    text = text.strip().lower()
    if short := _SHORT.fullmatch(text):
        text = "#" + "".join(digit * 2 for digit in short.groups())
    if text and not text.startswith("#"):
        text = f"#{text}"
    if text and not contrast.COLOUR.fullmatch(text):
        raise ValidationError(_("Write a colour as # and six digits, such as #0b5c8a."))
    return text


def _wrong_link(network: str, url: str) -> str:
    """What is wrong with a link, as a sentence; empty when nothing is."""
    if not network:
        return _("Choose where this address leads.")
    if not url:
        return _("Write the address, or choose nothing beside it.")
    try:
        URLValidator(schemes=["https"])(url)
        has_login = "@" in urlsplit(url).netloc
    except (ValidationError, ValueError):
        has_login = True
    return _("Write a whole address that begins with https://") if has_login else ""
