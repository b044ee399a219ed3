"""The request classes as the bundle combines them.

For now they are those of ``poorwsgi_core.request``.
"""

from poorwsgi_core.request import *
