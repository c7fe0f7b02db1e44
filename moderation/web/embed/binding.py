"""Owns how the fields of a form are made: once, and copied for each form."""

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

if TYPE_CHECKING:
    from wtforms.fields.core import UnboundField

    Unbound = UnboundField[Any]

# A form that was kept would keep all that was sent with it.
ABSENT = {"meta": None, "_form": None}


class KeptFields(DefaultMeta):
    """Meta of forms whose fields differ only in what they hold.

    WTForms makes every field anew for every form, and goes through its label, its rules
    and their flags. Nothing of that depends on the request: it took a third of the time
    of reading a post.
    """

    # What there is of each field before anything is put in: its class and attributes.
    _kept: ClassVar[dict["Unbound", tuple[type[Field], dict[str, Any]]]] = {}

    def bind_field(
        self,
        form: BaseForm,
        unbound_field: "Unbound",
        options: Any,  # noqa: ANN401 as WTForms has it
    ) -> Any:  # noqa: ANN401 as WTForms has it
        """Return a field of a form; the forms of our pages have no prefix."""
        if "csrf_impl" in unbound_field.kwargs:
            # It belongs to the guard of this one form.
            return super().bind_field(form, unbound_field, options)
        kept = self._kept.get(unbound_field)
        if kept is None:
            made = super().bind_field(form, unbound_field, options)
            kept = self._kept[unbound_field] = (type(made), vars(made) | ABSENT)
        field = object.__new__(kept[0])
        vars(field).update(kept[1], meta=self, _form=form)
        return field
