// Python with PoorWSGI, apart from the page: a loop without an end can't stop that.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const ANSWER = `
import importlib, json, re, sys, traceback
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path.cwd()))

def write(name, text):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    sys.modules.pop(name.removesuffix(".py"), None)

def run(code):
    importlib.invalidate_caches()
    module = sys.modules["bookshelf"] = ModuleType("bookshelf")
    module.__file__ = str(Path("bookshelf.py").resolve())
    exec(compile(code, "bookshelf.py", "exec"), module.__dict__)
    return module.app

def show(client, body):
    style = lambda link: f"<style>{client.get(link[1]).text}</style>"
    return re.sub('<link rel="stylesheet" href="(/[^"]+)">', style, body)

def answer(text, upload=None):
    fields = json.loads(text)
    try:
        from poorwsgi_core.testing import Client
        for name in fields:
            if name.startswith("file:"):
                write(name.removeprefix("file:"), fields[name])
        client = Client(run(fields["file:bookshelf.py"]))
        form = dict(parse_qsl(fields.get("form", ""))) or None
        files = upload and {fields["field"]: (fields["name"], upload.to_bytes(), "application/octet-stream")}
        found = client.request(
            fields["method"], fields["path"], form=form, files=files
        )
        body = found.data.decode("utf-8", "replace")
        shown = show(client, body)
    except BaseException as error:
        frame = error.__traceback__
        while frame and frame.tb_frame.f_globals is globals():
            frame = frame.tb_next
        lines = traceback.format_exception(type(error), error, frame)
        return json.dumps({"failure": "".join(lines)})
    headers = found.headers.items()
    return json.dumps(
        {"status": found.status, "headers": headers, "body": body, "shown": shown}
    )
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
onmessage = async ({ data }) => {
  const answer = await loaded;
  const [name, file] = Object.entries(data).find(([, value]) => value?.size) ?? [];
  const sent = { ...data, field: name?.replace("upload:", ""), name: file?.name };
  const upload = file && new Uint8Array(await file.arrayBuffer());
  postMessage(JSON.parse(answer(JSON.stringify(sent), upload)));
};
