"""The application class as the bundle combines it.

For now it is that of ``poorwsgi_core.wsgi``.
"""

from poorwsgi_core.wsgi import *
