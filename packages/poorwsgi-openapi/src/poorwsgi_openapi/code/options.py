"""The options of an OpenAPI extension that ``Api`` hands on to it."""

import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from poorwsgi_openapi.checks.plans import StrictQuery
from poorwsgi_openapi.tools.agreement import Check

if TYPE_CHECKING:
    from openapi_core import Config

__all__ = ["Options"]


class Options(TypedDict, total=False):
    """What ``OpenAPI`` takes besides document and security; see there."""

    check: Check
    undocumented: Collection[str]
    check_document: bool
    check_cache: "str | os.PathLike[str] | bool"
    validate_responses: Literal["off", "log", "raise"]
    sample: float
    strict_responses: bool
    strict_query: StrictQuery
    strict_hosts: bool
    max_body_size: int | None
    max_validation_steps: int
    form_parser: Callable[[Any], Any] | None
    mock: Literal["off", "missing", "all"]
    prefix: str
    json_path: str | None
    yaml_path: str | None
    docs_path: str | None
    docs_assets: str | None
    realm: str
    config: "Config | None"
