"""Media types of files, by the suffix of their names.

A table of our own comes first, so that what the web uses has the same type on every
machine; for the rest the tables of the system are asked.  The last suffix alone counts:
a compressed file has the type of its compression, never that of what is inside.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import StrPath

__all__ = ["add_charset", "guess_type"]

_OCTET_STREAM = "application/octet-stream"

_SUFFIXES = {
    # Text and data
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs cjs",
    "text/plain": "txt text log conf ini",
    "text/markdown": "md markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/vtt": "vtt",
    "text/xml": "xml",
    "application/json": "json map",
    "application/ld+json": "jsonld",
    "application/geo+json": "geojson",
    "application/manifest+json": "webmanifest",
    "application/yaml": "yaml yml",
    "application/toml": "toml",
    "application/sql": "sql",
    "application/xhtml+xml": "xhtml xht",
    "application/xslt+xml": "xslt",
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/gpx+xml": "gpx",
    "application/wasm": "wasm",
    # Images
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/jxl": "jxl",
    "image/heic": "heic",
    "image/svg+xml": "svg",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/vnd.microsoft.icon": "ico",
    # Sound and films
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg oga opus",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/midi": "mid midi",
    "audio/webm": "weba",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/mpeg": "mpeg mpg",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "video/x-matroska": "mkv",
    "video/mp2t": "ts",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/dash+xml": "mpd",
    # Fonts
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
    "application/vnd.ms-fontobject": "eot",
    # Documents
    "application/pdf": "pdf",
    "application/postscript": "ps eps ai",
    "application/rtf": "rtf",
    "application/epub+zip": "epub",
    "application/msword": "doc dot",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    # Archives, and what is compressed
    "application/zip": "zip",
    "application/x-tar": "tar",
    "application/gzip": "gz tgz svgz",
    "application/x-bzip2": "bz2 tbz2",
    "application/x-xz": "xz txz",
    "application/x-brotli": "br",
    "application/x-compress": "z",
    "application/zstd": "zst",
    "application/x-7z-compressed": "7z",
    "application/vnd.rar": "rar",
    "application/java-archive": "jar",
    "application/vnd.android.package-archive": "apk",
    "application/vnd.sqlite3": "sqlite sqlite3",
    # What no program opens by itself
    _OCTET_STREAM: "bin dat dll exe so",
}

_TYPES = {
    f".{suffix}": kind
    for kind, suffixes in _SUFFIXES.items()
    for suffix in suffixes.split()
}


def guess_type(path: "StrPath") -> str:
    """Guess the media type of a file from its name.

    ``application/octet-stream`` when nothing is known.
    """
    name: str = os.fspath(path)
    suffix = os.path.splitext(name)[1].lower()
    known = _TYPES.get(suffix)
    if known is not None:
        return known
    if not suffix:
        return _OCTET_STREAM
    # Imported here: it reads the system's tables, which few files need.
    from mimetypes import guess_type as guess

    kind, encoding = guess(f"file{suffix}")
    return _OCTET_STREAM if encoding else kind or _OCTET_STREAM


def add_charset(kind: str) -> str:
    """Say of text that it is UTF-8, but of XML, which says so itself."""
    if kind.startswith("text/") and not kind.endswith("xml"):
        return f"{kind}; charset=utf-8"
    return kind
