"""The documented path of ``poorwsgi_forms.form.fieldstorage``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_forms.form.fieldstorage import *

sys.modules[__name__] = load_part("poorwsgi_forms.form.fieldstorage")
