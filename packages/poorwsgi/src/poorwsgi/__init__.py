"""PoorWSGI, the bundle: the documented API under its documented paths.

Nothing is implemented here.  A documented module that one distribution
implements whole is that very module object, so that replacing a name through
``poorwsgi.response`` takes effect in the framework; ``poorwsgi.request`` and
``poorwsgi.wsgi`` belong to the bundle and combine what the parts offer.

``poorwsgi.digest``, ``poorwsgi.aes_session`` and ``poorwsgi.openapi_wrapper`` are
imported when they are asked for, and what they need is too.
"""

from poorwsgi import fieldstorage as fieldstorage
from poorwsgi import headers as headers
from poorwsgi import request as request
from poorwsgi import response as response
from poorwsgi import results as results
from poorwsgi import session as session
from poorwsgi import state as state
from poorwsgi import wsgi as wsgi
from poorwsgi.response import abort, make_response, redirect
from poorwsgi.wsgi import Application

__all__ = ["Application", "abort", "make_response", "redirect"]
