"""Facts about FieldStorage: a field of a form, and the form itself."""

import gc
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest

from poorwsgi_core.request.arguments import Args, EmptyForm, collect_values
from poorwsgi_forms import FieldStorage, FieldStorageInterface, JsonDict

PAIRS = (("a", "1"), ("b", "2"), ("a", "3"), ("empty", ""))


def _form_of_fields() -> FieldStorage:
    form = FieldStorage()
    form.list = [FieldStorage(*pair) for pair in PAIRS]
    return form


def _form_of_pairs() -> FieldStorage:
    return FieldStorage.from_texts(collect_values(PAIRS), PAIRS)


@pytest.fixture(params=[_form_of_fields, _form_of_pairs])
def form(request: pytest.FixtureRequest) -> FieldStorage:
    """Build the same form from fields, and from pairs of text."""
    build: Callable[[], FieldStorage] = request.param
    return build()


@pytest.mark.parametrize(
    ("key", "expected"),
    [("a", ["1", "3"]), ("b", "2"), ("empty", ""), ("missing", "default")],
)
def test_getvalue_gives_what_there_is(
    form: FieldStorage, key: str, expected: object
) -> None:
    """One value is itself, several are a list, a missing one is the default."""
    assert form.getvalue(key, "default") == expected
    assert form.get(key, "default") == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("a", [1, 3]), ("b", 2), ("missing", "default")]
)
def test_getvalue_converts_each_value(
    form: FieldStorage, key: str, expected: object
) -> None:
    """The function is called with each value, never with the default."""
    assert form.getvalue(key, "default", int) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("a", 1), ("b", 2), ("missing", "default")]
)
def test_getfirst_converts_the_first(
    form: FieldStorage, key: str, expected: object
) -> None:
    """The first value is converted, the default is not."""
    assert form.getfirst(key, "default", int) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("a", [1, 3]), ("b", [2]), ("missing", ("x",))]
)
def test_getlist_converts_all(form: FieldStorage, key: str, expected: object) -> None:
    """All values are converted; a default is returned as it is given."""
    assert form.getlist(key, expected, int) == expected


def test_defaults_of_the_defaults(form: FieldStorage) -> None:
    """Without a default, it is None, or an empty list."""
    assert (
        form.getvalue("x"),
        form.getfirst("x"),
        form.getlist("x"),
        form.get("x"),
    ) == (
        None,
        None,
        [],
        None,
    )


def test_blank_value_is_empty_text(form: FieldStorage) -> None:
    """A field that is there without a value has the value ''."""
    assert (form.getfirst("empty"), form.getlist("empty")) == ("", [""])
    assert form["empty"].value == ""


def test_error_of_the_function_is_not_caught(form: FieldStorage) -> None:
    """What the function raises is the handler's to handle."""
    with pytest.raises(ValueError, match="invalid literal"):
        form.getfirst("empty", 0, int)


def test_older_name_of_func(form: FieldStorage) -> None:
    """The old argument fce works, and warns."""
    with pytest.warns(DeprecationWarning, match="func"):
        assert form.getfirst("b", fce=int) == 2
    with pytest.warns(DeprecationWarning, match="func"):
        assert form.getlist("a", fce=int) == [1, 3]


def test_fields_by_name(form: FieldStorage) -> None:
    """A name gives its field, or the list of those that share it."""
    assert (form["b"].name, form["b"].value) == ("b", "2")
    assert [field.value for field in form["a"]] == ["1", "3"]


def test_values_are_the_same_after_fields_were_asked_for(form: FieldStorage) -> None:
    """To ask for a field changes no value."""
    before = {name: form.getvalue(name) for name in form}
    assert form["b"] is form["b"]
    assert {name: form.getvalue(name) for name in form} == before


def test_missing_field_is_a_key_error(form: FieldStorage) -> None:
    """A name that is not there raises KeyError."""
    with pytest.raises(KeyError):
        form["missing"]


def test_field_without_fields_has_no_items() -> None:
    """A field is no form: every name is missing."""
    field = FieldStorage("a", "1")
    with pytest.raises(KeyError):
        field["a"]
    assert ("a" in field, len(field), list(field)) == (False, 0, [])


def test_names_of_a_form(form: FieldStorage) -> None:
    """Iteration, keys and length see each name once, in order."""
    assert (list(form), list(form.keys()), len(form)) == (
        ["a", "b", "empty"],
        ["a", "b", "empty"],
        3,
    )
    assert ("a" in form, "missing" in form) == (True, False)


def test_list_has_all_fields_in_order(form: FieldStorage) -> None:
    """The list has a field for each that was sent."""
    assert [(field.name, field.value) for field in form.list] == list(PAIRS)


def test_list_may_be_assigned(form: FieldStorage) -> None:
    """Another list of fields is another form."""
    assert "a" in form
    form.list = [FieldStorage("new", "1")]
    assert (list(form), form.getvalue("new"), "a" in form) == (["new"], "1", False)


def test_list_may_be_extended(form: FieldStorage) -> None:
    """A field that is appended is found by its name."""
    assert form["b"].value == "2"
    form.list.append(FieldStorage("b", "4"))
    assert form.getlist("b") == ["2", "4"]


def test_there_are_no_items_and_values(form: FieldStorage) -> None:
    """A form is no mapping: it never had items() and values()."""
    assert (hasattr(form, "items"), hasattr(form, "values")) == (False, False)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (FieldStorage("k"), None),
        (FieldStorage("k", ""), ""),
        (FieldStorage("k", "v"), "v"),
        (FieldStorage(value="v"), "v"),
        (FieldStorage(), None),
    ],
)
def test_value_of_a_field(field: FieldStorage, expected: object) -> None:
    """The value is the text that was given, None without any."""
    assert field.value == expected


def test_value_may_be_assigned() -> None:
    """A value can be set later."""
    field = FieldStorage("k")
    field.value = "v"
    assert field.value == "v"


@pytest.mark.parametrize("file", [BytesIO(b"content"), StringIO("content")])
def test_value_of_memory(file: BytesIO | StringIO) -> None:
    """A file in memory gives its content wherever it stands."""
    field = FieldStorage("f")
    field.file = file
    file.seek(3)
    assert (field.value, file.tell()) == (file.getvalue(), 3)


def test_value_of_a_file(tmp_path: Any) -> None:
    """Any other file is read from its start, and rewound."""
    path = tmp_path / "f"
    path.write_bytes(b"content")
    with path.open("rb") as file:
        field = FieldStorage("f")
        field.file = file
        file.seek(3)
        assert (field.value, file.tell()) == (b"content", 0)


def test_value_of_a_form_is_its_list(form: FieldStorage) -> None:
    """The value of a form is its fields."""
    assert form.value is form.list


def test_field_without_a_value_counts_as_missing() -> None:
    """A field whose value is None gives the defaults."""
    form = FieldStorage()
    form.list = [FieldStorage("k")]
    assert (form.getvalue("k", 1), form.getfirst("k", 2), form.getlist("k", (3,))) == (
        1,
        2,
        (3,),
    )


def test_file_converts_like_text() -> None:
    """The value of an upload is its content."""
    upload = FieldStorage("f")
    upload.file = BytesIO(b"12")
    form = FieldStorage()
    form.list = [upload]
    assert form.getvalue("f", None, int) == 12


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (FieldStorage("k"), False),
        (FieldStorage("k", ""), False),
        (FieldStorage("k", "v"), True),
        (_form_of_fields(), True),
        (_form_of_pairs(), True),
        (FieldStorage.from_texts({}, []), False),
    ],
)
def test_truth(field: FieldStorage, expected: bool) -> None:
    """A form with fields is true, and a field with a value."""
    assert bool(field) is expected


def test_upload_is_true() -> None:
    """A field with a file is true, and nothing is read to tell."""
    field = FieldStorage("f")
    field.file = BytesIO(b"content")
    field.file.seek(3)
    assert (bool(field), field.file.tell()) == (True, 3)


def test_repr() -> None:
    """The representation shows the name, and the value or the file."""
    upload = FieldStorage("f")
    upload.file = BytesIO()
    assert repr(FieldStorage("k", "v")) == "FieldStorage('k', 'v')"
    assert repr(upload) == f"FieldStorage('f', {upload.file!r})"
    assert repr(FieldStorage()) == "FieldStorage(None, None)"


def test_defaults_of_a_field() -> None:
    """A field that no parser has touched has every attribute."""
    field = FieldStorage("k", "v")
    assert (
        field.filename,
        field.file,
        field.type,
        field.type_options,
        field.disposition,
        field.disposition_options,
        field.length,
    ) == (None, None, "text/plain", {}, "", {}, -1)


def test_context_manager_closes_the_file() -> None:
    """Leaving the context closes the file of a field."""
    file = BytesIO()
    with FieldStorage("f") as field:
        field.file = file
        assert not file.closed
    assert file.closed


def test_context_manager_closes_all_files() -> None:
    """Leaving the context of a form closes the files of its fields."""
    upload, text = FieldStorage("f"), FieldStorage("t", "v")
    upload.file = file = BytesIO()
    with FieldStorage() as form:
        form.list = [upload, text]
    assert file.closed


def test_collected_field_closes_its_file() -> None:
    """A field that nobody holds any more leaves no file open."""
    file = BytesIO()
    field = FieldStorage("f")
    field.file = file
    del field
    gc.collect()
    assert file.closed


def test_interface_of_ones_own() -> None:
    """The interface needs two methods, and gives the other three."""

    class Form(FieldStorageInterface):
        def __contains__(self, key: object) -> bool:
            return key == "a"

        def __getitem__(self, key: str) -> Any:
            if key not in self:
                raise KeyError(key)
            return ["1", "2"]

    form = Form()
    assert (
        form.getvalue("a", None, len),
        form.getfirst("a", 0, int),
        form.getlist("a", None, int),
        form.getlist("b"),
    ) == (2, 1, [1, 2], [])


def test_interface_is_abstract() -> None:
    """Without the two methods there is no object."""
    with pytest.raises(TypeError, match="__contains__"):
        FieldStorageInterface()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]


@pytest.mark.parametrize("kind", [Args, EmptyForm, JsonDict, FieldStorage])
def test_interface_of_all_that_has_keys(kind: type) -> None:
    """Whatever a request's values are, an application can ask for the interface."""
    assert issubclass(kind, FieldStorageInterface)


def test_file_that_was_taken_out_stays_open() -> None:
    """A field closes what it holds at its end, not what it held before."""
    field, file = FieldStorage("a"), BytesIO(b"1")
    field.file = file
    field.file = None
    assert (field.file, file.closed) == (None, False)
    del field
    gc.collect()
    assert not file.closed


def test_field_is_equal_to_its_text() -> None:
    """Who compares a field with text compares what it says; files are themselves."""
    field, form = FieldStorage("a", "x"), FieldStorage()
    assert (field == "x", field == "y", field == field, field == 5) == (  # noqa: PLR0124
        True,
        False,
        True,
        False,
    )
    assert (form == "x", field == FieldStorage("a", "x")) == (False, False)
    assert len({field, form}) == 2
