"""Fields of a form, and the form itself: FieldStorage is both.

A form's root has no name and a list of fields; a field has a name and either a
value or a file.  Nothing here reads a request.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping
from io import BytesIO, StringIO
from typing import Any, Self

from poorwsgi_core import HTTPException
from poorwsgi_core.request.arguments import (
    Args,
    EmptyForm,
    MissingField,
    ValueAccess,
    collect_values,
)
from poorwsgi_core.state import HTTP_BAD_REQUEST
from poorwsgi_forms.json.values import JsonDict

__all__ = ["FieldStorage", "FieldStorageInterface"]

_MOST_EMPTY = 100


class FieldStorageInterface(ABC, ValueAccess[Any]):
    """Access to the values of a form: getvalue, getfirst and getlist."""

    @abstractmethod
    def __contains__(self, key: object) -> bool:
        """Tell whether there is a field of this name."""

    @abstractmethod
    def __getitem__(self, key: str) -> Any:
        """Return what is stored under a name."""


for _values in (Args, EmptyForm, JsonDict):
    FieldStorageInterface.register(_values)


class _OwnedFile:
    """A file that is closed when nobody holds its field any more.

    PERF: a finalizer of the field itself would be run for each text field too.
    """

    file: Any = None

    def __del__(self) -> None:
        if self.file is not None:
            self.file.close()


class _TextFile(StringIO):
    """Text of a part, which no loop reads for ever.

    A client chooses whether a part is a file.  Where it isn't, a loop that waits for
    ``b""`` gets ``""`` without end.
    """

    _empty = 0

    def read(self, size: int | None = -1, /) -> str:
        """Read as any file of text."""
        return self._check(super().read(size))

    # The stubs have two bases that differ.
    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Read a line as any file of text."""
        return self._check(super().readline(size))

    def _check(self, text: str) -> str:
        self._empty = 0 if text else self._empty + 1
        if self._empty > _MOST_EMPTY:
            reason = "A part without a file name is text: no file was sent"
            raise HTTPException(HTTP_BAD_REQUEST, error=reason)
        return text


class FieldStorage(FieldStorageInterface):
    """A field, or a form with its fields.

    Attributes:
        name: name of the field, ``None`` for a form.
        filename: base name of an uploaded file, ``None`` for text; empty where no
            file was chosen.
        type: content type without parameters.
        type_options: parameters of the content type.
        disposition: value of Content-Disposition without parameters.
        disposition_options: its parameters, the file name as it was sent.
        length: Content-Length of a form, -1 when unknown and for fields.
        bytes_read: how many bytes of the body a form was read from.
    """

    name: str | None = None
    filename: str | None = None
    type: str = "text/plain"
    type_options: Mapping[str, str] = {}
    disposition: str = ""
    disposition_options: Mapping[str, str] = {}
    length: int = -1
    bytes_read: int = 0
    _value: Any = None
    _fields: "list[FieldStorage] | None" = None
    _owned: "_OwnedFile | None" = None
    _text: "_TextFile | None" = None
    _pairs: Iterable[tuple[str, str]] | None = None
    _texts: dict[str, Any] | None = None
    _index: "tuple[int, dict[Any, Any]] | None" = None

    def __init__(self, name: str | None = None, value: Any = None) -> None:
        if name is not None:
            self.name = name
        if value is not None:
            self._value = value

    def __eq__(self, other: object) -> bool:
        """Compare text with that of a field; whatever else by identity."""
        if isinstance(other, str) and isinstance(self._value, str):
            return self._value == other
        return self is other

    __hash__ = object.__hash__

    @classmethod
    def from_texts(
        cls, texts: dict[str, Any], pairs: Iterable[tuple[str, str]] | None = None
    ) -> Self:
        """Build a form of text fields.

        PERF: the fields themselves are made when somebody asks for one; until
        then values are found by name in a dictionary.

        Args:
            texts: values by name, lists where there are several.
            pairs: names and values in the order of the body, ``None`` when
                *texts* has them so.
        """
        form = cls()
        form._texts = texts
        form._pairs = pairs
        return form

    @property
    def _upload(self) -> Any:
        return None if self._owned is None else self._owned.file

    @property
    def file(self) -> Any:
        """File object with the content of an upload, or text of a part.

        ``None`` for text of a form that has no parts.  The file of an upload is
        closed when the field is collected.
        """
        if self._upload is None and self.disposition and isinstance(self._value, str):
            self._text = self._text or _TextFile(self._value)
            return self._text
        return self._upload

    @file.setter
    def file(self, file: Any) -> None:
        if self._owned is None:
            self._owned = _OwnedFile()
        self._owned.file = file

    @property
    def list(self) -> "list[FieldStorage]":
        """The fields of a form, in the order of the body."""
        if self._fields is None:
            pairs, texts = self._pairs, self._texts or {}
            ordered = texts.items() if pairs is None else pairs
            self._fields = [FieldStorage(*pair) for pair in ordered]
            self._texts = None
        return self._fields

    @list.setter  # noqa: A003 - a documented name
    def list(self, fields: "list[FieldStorage]") -> None:
        self._fields = fields
        self._texts = self._index = None

    @property
    def value(self) -> Any:
        """Text or bytes of a field, the fields of a form, or ``None``.

        A file is read whole, and rewound.
        """
        if self._value is not None:
            return self._value
        file = self._upload
        if isinstance(file, StringIO | BytesIO):
            return file.getvalue()
        if file is not None:
            file.seek(0)
            content = file.read()
            file.seek(0)
            return content
        return self.list or None

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value

    def _by_name(self) -> dict[Any, Any]:
        """Map names to values, or to the field or fields that have them."""
        if self._texts is not None:
            return self._texts
        fields = self.list
        # The list is the caller's to change, so that its length is looked at.
        if self._index is None or self._index[0] != len(fields):
            by_name = collect_values([(field.name, field) for field in fields])
            self._index = (len(fields), by_name)
        return self._index[1]

    def _stored(self, key: str, default: Any) -> Any:
        # PERF: forms of text are asked most often.
        if self._texts is not None:
            return self._texts.get(key, default)
        stored = self._by_name().get(key, default)
        if stored is default:
            return default
        if not isinstance(stored, FieldStorage):
            return [field.value for field in stored]
        return default if stored.value is None else stored.value

    def __getitem__(self, key: str) -> Any:
        """Return the field of a name, or a list of those that have it.

        Raises:
            MissingField: there is none; it is a KeyError, answered 400.
        """
        by_name = self._by_name() if self.list else {}  # it makes the fields
        if key not in by_name:
            raise MissingField(key)
        return by_name[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_name()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._by_name())

    def __len__(self) -> int:
        return len(self._by_name())

    def __bool__(self) -> bool:
        if self._upload is not None:
            return True
        return bool(self._texts or self._fields or self._value)

    def __repr__(self) -> str:
        content = self.value if self._upload is None else self._upload
        return f"FieldStorage({self.name!r}, {content!r})"

    def keys(self) -> KeysView[Any]:
        """Return the distinct names, in order of appearance."""
        return self._by_name().keys()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a name, a list when there are several."""
        return self.getvalue(key, default)

    def getvalue(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        key: str,
        default: Any = None,
        func: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        """Return the converted value of a name, a list of several ones.

        Args:
            key: name of the field.
            default: what is returned when there is none.
            func: called with each value.
        """
        if key not in self:
            return default
        values = self.getlist(key, None, func)
        return values if len(values) > 1 else next(iter(values), default)

    def close(self) -> None:
        """Close the file of a field, or all files of a form."""
        if self._upload is not None:
            self._upload.close()
        for field in self._fields or ():
            field.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
