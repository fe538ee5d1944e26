from django import forms


class BodyField(forms.CharField):
    widget = forms.Textarea


class NoncedMediaMixin:
    pass


class PictureWidget(forms.NumberInput):
    pass


class FocalPointWidget(forms.NumberInput):
    pass
