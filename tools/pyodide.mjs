/**
 * Run pytest on the CPython of Pyodide, which is WebAssembly, by node.
 *
 *     node tools/pyodide.mjs PYODIDE SITE ROOT [ARGUMENT ...]
 *
 * PYODIDE is the folder in which npm has put it, SITE the packages that are installed,
 * ROOT the checkout, and the arguments are those of pytest.
 */

import { pathToFileURL } from "node:url";

const [pyodide, site, root, ...options] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide({ env: { HOME: "/home/pyodide" } });
for (const [name, folder] of Object.entries({ "/site": site, "/checkout": root })) {
  python.FS.mkdirTree(name);
  python.mountNodeFS(name, folder);
}
python.globals.set("options", python.toPy(options));
process.exitCode = python.runPython(`
import os, sys

os.chdir("/checkout")
sys.path[:0] = ["/site", "/checkout/tools"]
sys.dont_write_bytecode = True

import pytest

int(pytest.main(["-p", "on_pyodide", "-p", "no:cacheprovider", *options]))
`);
