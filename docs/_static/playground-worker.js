// Python with PoorWSGI, apart from the page: a loop without an end can't stop that.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const ANSWER = `
import json, sys, traceback
from types import ModuleType
from pathlib import Path

def answer(code, method, path):
    from poorwsgi_core.testing import Client
    Path("bookshelf.py").write_text(code)
    module = sys.modules["bookshelf"] = ModuleType("bookshelf")
    try:
        exec(compile(code, "bookshelf.py", "exec"), module.__dict__)
        found = Client(module.app).request(method, path)
    except BaseException as error:
        frame = error.__traceback__.tb_next
        lines = traceback.format_exception(type(error), error, frame)
        return json.dumps({"failure": "".join(lines)})
    body = found.data.decode("utf-8", "replace")
    headers = found.headers.items()
    return json.dumps({"status": found.status, "headers": headers, "body": body})
`;

const load = async () => {
  const python = await loadPyodide();
  const parts = await fetch(new URL("./pyodide/poorwsgi.zip", import.meta.url));
  python.unpackArchive(await parts.arrayBuffer(), "zip", { extractDir: "/lib/poorwsgi" });
  python.runPython(`import sys; sys.path.insert(0, "/lib/poorwsgi")`);
  python.runPython(ANSWER);
  return python.globals.get("answer");
};

const loaded = load();
loaded.then(() => postMessage({ ready: true }), () => postMessage({ missing: true }));
onmessage = async ({ data: { code, method, path } }) => {
  const answer = await loaded;
  postMessage(JSON.parse(answer(code, method, path)));
};
