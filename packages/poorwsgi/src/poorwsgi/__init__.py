"""PoorWSGI, the bundle: the documented API under its documented paths.

Nothing is implemented here.  A documented module that one distribution
implements whole is that very module object, so that replacing a name through
``poorwsgi.response`` takes effect in the framework; ``poorwsgi.request`` and
``poorwsgi.wsgi`` belong to the bundle and combine what the parts offer.

Modules are imported when they are asked for.  ``poorwsgi.digest``,
``poorwsgi.aes_session`` and ``poorwsgi.openapi_wrapper`` are imported by their paths
alone, and what they need is imported with them.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi import fieldstorage as fieldstorage
    from poorwsgi import headers as headers
    from poorwsgi import request as request
    from poorwsgi import response as response
    from poorwsgi import results as results
    from poorwsgi import session as session
    from poorwsgi import state as state
    from poorwsgi import wsgi as wsgi
    from poorwsgi.request import Request as Request
    from poorwsgi.request import SimpleRequest as SimpleRequest
    from poorwsgi.response import BaseResponse as BaseResponse
    from poorwsgi.response import HTTPException as HTTPException
    from poorwsgi.response import Response as Response
    from poorwsgi.response import abort, make_response, redirect
    from poorwsgi.wsgi import Application
    from poorwsgi.wsgi import Extension as Extension
    from poorwsgi.wsgi import Routes as Routes
    from poorwsgi_core import Headers as Headers

__all__ = ["Application", "abort", "make_response", "redirect"]

_MODULES = {
    ".fieldstorage": "",
    ".headers": "Headers",
    ".request": "Request SimpleRequest",
    ".response": "BaseResponse HTTPException Response abort make_response redirect",
    ".results": "",
    ".session": "",
    ".state": "",
    ".wsgi": "Application Extension Routes",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
