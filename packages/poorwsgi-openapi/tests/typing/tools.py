"""What type checkers know of the tools: documented usage, with its types."""

from collections.abc import Iterator
from typing import Any, assert_type

from poorwsgi_core import Application, Request
from poorwsgi_core.response import BaseResponse
from poorwsgi_openapi import Document, OpenAPI
from poorwsgi_openapi.answers.docs import docs_page
from poorwsgi_openapi.answers.docs_page import build_docs, docs_headers
from poorwsgi_openapi.answers.mock import answer_mock
from poorwsgi_openapi.answers.served import ServedDocument
from poorwsgi_openapi.document.examples import Sampler, list_examples
from poorwsgi_openapi.document.outline import Outline, OutlinedOperation
from poorwsgi_openapi.document.patterns import match_pattern
from poorwsgi_openapi.tools.coverage import Observer, Recorder, observers
from poorwsgi_openapi.tools.difference import compare_documents
from poorwsgi_openapi.tools.export import build_document
from poorwsgi_openapi.tools.route_check import (
    Difference,
    check_routes,
    format_differences,
)
from poorwsgi_openapi.tools.schema_difference import Change
from poorwsgi_openapi.tools.skeleton import build_skeleton


def documentation(req: Request, document: Document) -> None:
    """The page is bytes, and its headers are a dictionary."""
    assert_type(build_docs(document.raw, json_url=None), bytes)
    assert_type(docs_headers(), dict[str, str])
    served = ServedDocument(document, "/openapi.json", None, "/docs", None)
    assert_type(docs_page(req, served), BaseResponse)


def examples(document: Document, req: Request) -> None:
    """Values of schemas may be anything; a mock is a handler."""
    outline = Outline(document.raw)
    assert_type(outline.operations, list[OutlinedOperation])
    assert_type(Sampler(outline, "request", minimal=True).build({}), Any)
    assert_type(list_examples(outline, {}, "response"), dict[str, Any])
    assert_type(match_pattern("^a$"), str | None)
    assert_type(answer_mock(req), BaseResponse)


def routes(app: Application, api: OpenAPI, document: Document) -> None:
    """Differences are tuples with names."""
    found = check_routes(document, app, ignore=["/hook"])
    assert_type(found, list[Difference])
    assert_type(api.find_differences(app), list[Difference])
    assert_type(format_differences(found), str)
    assert_type(build_document(app), tuple[dict[str, Any], list[str]])
    assert_type(build_skeleton(document, "openapi.yaml", examples=True), str)
    assert_type(compare_documents(document.raw, document.raw), list[Change])


def coverage(document: Document) -> None:
    """A recorder is an observer."""
    recorder = Recorder()
    recorder.add_document(document)
    observers.append(recorder)
    assert_type(observers, list[Observer])
    assert_type(recorder.percent, float)
    assert_type(recorder.report(), Iterator[str])
