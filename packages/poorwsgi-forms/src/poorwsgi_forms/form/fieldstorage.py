"""Forms as documented: ``from poorwsgi.fieldstorage import FieldStorageParser``.

``fields`` has FieldStorage, a form and its fields, ``parser`` what makes it of a
stream, and ``poorwsgi_forms.multipart`` the parts of a body, while they arrive.
"""

from poorwsgi_forms.form.fields import FieldStorage, FieldStorageInterface
from poorwsgi_forms.form.parser import FieldStorageParser
from poorwsgi_forms.multipart.parts import Limits, valid_boundary

__all__ = [
    "FieldStorage",
    "FieldStorageInterface",
    "FieldStorageParser",
    "Limits",
    "valid_boundary",
]
