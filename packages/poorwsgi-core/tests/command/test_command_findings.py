"""Facts about the forms of findings."""

import json

from poorwsgi_core.command.findings import FORMS, Finding, Level

FINDINGS = [Finding("rule", Level.NOTE, "text"), Finding("rule", Level.NOTE, "more")]


def test_finding_without_a_place() -> None:
    """What is found nowhere has no place, in each form."""
    texts = {name: write(FINDINGS, {"rule": "About."}) for name, write in FORMS.items()}
    assert texts["text"] == "note: text [rule]\nnote: more [rule]\n2 notes\n"
    (first, _) = json.loads(texts["json"])["findings"]
    assert (first["path"], first["line"]) == ("", 0)
    (run,) = json.loads(texts["sarif"])["runs"]
    assert [result["locations"] for result in run["results"]] == [[], []]
