"""The index of the demonstrations: what simple.py shows, and where."""

__all__ = ["COMMANDS", "INDEX"]

INDEX: dict[str, dict[str, str]] = {
    "Routes": {
        "/values": "one handler, six routes",
        "/values/42": "filter int",
        "/values/3.14": "filter float",
        "/values/f47ac10b-58cc-4372-a567-0e02b2c3d479": "filter uuid",
        "/values/Jana@Example.org": "filter email, which is this application's own",
        "/values/slovíčko": "filter word",
        "/anything/a/b/c": "inline expression",
        "/triple/one/two/three": "three groups for one *args",
        "/sum/12+30": "regular expression",
        "/příklad": "path that is not ASCII",
    },
    "Requests": {
        "/form?name=Jana&colour=red&colour=blue": "arguments of query and form",
        "/form/file": "upload by a form, into a file of our own",
        "/request": "headers and what is read from them",
        "/cookies": "cookies in both directions",
        "/upload": "body of POST and PUT, chunked or not",
    },
    "Answers": {
        "/text": "text with a content type",
        "/picture": "bytes with content type and headers",
        "/json": "dict as JSON",
        "/json/stream": "JSON array from a generator",
        "/write": "response written line by line, with an ETag",
        "/yield": "generator as handler",
        "/generator": "generator with a length",
        "/lines": "generator of text, as in many languages",
        "/stream/16": "sixteen blocks of 64 KiB",
        "/stream/closed": "how many streams were started and closed",
        "/none": "204, because the handler returns None",
        "/no-content": "204 with a header",
        "/redirect": "redirect to this page",
        "/teapot": "status of your choice",
    },
    "Files and ranges": {
        "/static/hello.txt": "document root: conditions and ranges by themselves",
        "/static/": "directory index",
        "/file": "conditions answered by hand",
        "/file/object": "open file",
        "/range/file": "ranges answered by hand",
        "/range/generator": "part of a generator",
        "/range/unicodes": "range in another unit",
        "/range/empty": "416 for a range, as there is nothing to take a part of",
        "/not-modified": "304 raised from the depth",
    },
    "Failures": {
        "/nowhere": "404 page of this application",
        "/error/403": "403 page of the framework",
        "/error/501": "501 page of the framework",
        "/error/value": "handler of an exception class: 400",
        "/error/crash": "500 with its traceback",
        "/debug-info": "debug page",
    },
}

COMMANDS: dict[str, str] = {
    "A file, chunked": "curl -T hello.txt -H 'Transfer-Encoding: chunked' URL/upload/",
    "A form": "curl -d name=Jana -d colour=red -d colour=blue URL/form",
    "An upload by a form": "curl -F text=note -F file=@hello.txt URL/form/file",
    "Chunks, counted": "curl -i -H 'Transfer-Encoding: chunked'"
    " -H 'Content-Type: text/plain' -d 'a b c' URL/yield",
    "Bytes 2 to 5 of a file": "curl -r 2-5 URL/static/hello.txt",
    "A range in another unit": "curl -H 'Range: unicodes=26-30' URL/range/unicodes",
    "A method that is not allowed": "curl -i -X PUT URL/text",
}
