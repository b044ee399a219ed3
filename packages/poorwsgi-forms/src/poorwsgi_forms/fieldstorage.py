"""Forms as documented: ``from poorwsgi.fieldstorage import FieldStorageParser``.

fields       FieldStorage, a form and its fields
parser       FieldStorageParser, from a stream to a form
multiparts   parts of a multipart body, while they arrive
"""

from poorwsgi_forms.fields import FieldStorage, FieldStorageInterface
from poorwsgi_forms.multiparts import Limits
from poorwsgi_forms.parser import FieldStorageParser, valid_boundary

__all__ = [
    "FieldStorage",
    "FieldStorageInterface",
    "FieldStorageParser",
    "Limits",
    "valid_boundary",
]
