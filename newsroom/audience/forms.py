from django import forms
from django.utils.translation import gettext_lazy as _

from articles.public_forms import PublicForm

from .models import ContactMessage


class ContactForm(PublicForm):
    """What a reader wants to tell the newsroom."""

    reason = forms.ChoiceField(label=_("What is it about?"), choices=ContactMessage.Reason.choices)
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Only to answer you."),
    )
    message = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea({"rows": 8, "dir": "auto"}))
