"""The documented path of ``poorwsgi_forms.fieldstorage``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_forms.fieldstorage

if TYPE_CHECKING:
    from poorwsgi_forms.fieldstorage import *

sys.modules[__name__] = poorwsgi_forms.fieldstorage
