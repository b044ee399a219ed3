"""The documented path of ``poorwsgi_forms.form.fieldstorage``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_forms.form.fieldstorage import *

hand_on(__name__, "poorwsgi_forms.form.fieldstorage")
