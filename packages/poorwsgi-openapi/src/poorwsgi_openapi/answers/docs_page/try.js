/* Sends requests from the page.  What is typed stays in the page: nothing is stored. */
"use strict";

const find = (root, selector) => [...root.querySelectorAll(selector)];
const encode = text => encodeURIComponent(text);

/* --- parameters: one text each, lists and objects as JSON ----------------------- */

const DELIMITERS = { spaceDelimited: "%20", pipeDelimited: "|" };

function read(text, shape) {
  if (shape === "text") return text;
  try { return JSON.parse(text); } catch { return shape === "list" ? text.split(",") : text; }
}

function flatten(value) {
  if (Array.isArray(value)) return value.map(String);
  if (value === null || typeof value !== "object") return [String(value)];
  return Object.entries(value).flat().map(String);
}

const isObject = value =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function writeParts(value, explode, write) {
  return isObject(value) && explode
    ? Object.entries(value).map(([key, item]) => `${write(key)}=${write(item)}`)
    : flatten(value).map(write);
}

function writePath({ name, style, explode }, value) {
  const mark = { label: ".", matrix: ";" }[style] || "";
  const pairs = writeParts(value, explode, encode);
  if (style !== "matrix") return mark + pairs.join(style === "label" && explode ? "." : ",");
  if (isObject(value) && explode) return pairs.map(pair => `;${pair}`).join("");
  if (explode) return pairs.map(item => `;${encode(name)}=${item}`).join("");
  return `;${encode(name)}=${pairs.join(",")}`;
}

function writeQuery({ name, style, explode }, value) {
  const pair = (key, item) => `${encode(key)}=${encode(item)}`;
  if (style === "deepObject") return writeDeep(name, value);
  if (value === null || typeof value !== "object") return [pair(name, value)];
  if (explode) {
    return Array.isArray(value)
      ? value.map(item => pair(name, item))
      : Object.entries(value).map(([key, item]) => pair(key, item));
  }
  const items = flatten(value).map(encode);
  return [`${encode(name)}=${items.join(DELIMITERS[style] || ",")}`];
}

function writeDeep(name, value) {
  if (value === null || typeof value !== "object") return [`${encode(name)}=${encode(value)}`];
  if (Array.isArray(value)) return value.flatMap(item => writeDeep(name, item));
  return Object.entries(value).flatMap(([key, item]) => writeDeep(`${name}[${key}]`, item));
}

/* --- the request ----------------------------------------------------------------- */

function build(box) {
  const call = JSON.parse(box.dataset.call);
  const headers = new Headers(), query = [];
  let path = call.path;
  find(box, "[data-parameter]").forEach(field => {
    const parameter = JSON.parse(field.dataset.parameter);
    if (field.value === "" && parameter.in !== "path") return;
    const value = read(field.value, parameter.shape);
    if (parameter.in === "path") {
      path = path.split(`{${parameter.name}}`).join(writePath(parameter, value));
    } else if (parameter.in === "header") {
      headers.set(parameter.name, writeParts(value, parameter.explode, String).join(","));
    } else {
      query.push(...(parameter.whole ? [field.value] : writeQuery(parameter, value)));
    }
  });
  find(box, "[data-scheme]").forEach(group => addCredentials(group, headers, query));
  const body = readBody(box, headers);
  const server = box.querySelector("[name=server]").value.replace(/\/$/, "");
  const url = new URL(server + path + (query.length ? `?${query.join("&")}` : ""), location.href);
  return { url, options: { method: call.method, headers, body, redirect: "follow" } };
}

function readBody(box, headers) {
  const kind = box.querySelector("[name=kind]");
  if (!kind || !kind.value) return undefined;
  const chosen = find(box, "[data-kind]").find(part => part.dataset.kind === kind.value);
  if (!kind.value.startsWith("multipart/")) {
    headers.set("Content-Type", kind.value);
    return chosen.querySelector("[name=file]")?.files[0]
      || chosen.querySelector("textarea")?.value || "";
  }
  const form = new FormData();
  find(chosen, "[data-part]").filter(field => field.value !== "").forEach(field => {
    const texts = field.dataset.list ? flatten(read(field.value, "list")) : [field.value];
    for (const value of field.files || texts) form.append(field.dataset.part, value);
  });
  return form;
}

function addCredentials(group, headers, query) {
  const scheme = JSON.parse(group.dataset.scheme);
  const value = name => group.querySelector(`[name=${name}]`)?.value || "";
  if (scheme.type === "apiKey" && value("key")) {
    if (scheme.in === "header") headers.set(scheme.key, value("key"));
    if (scheme.in === "query") query.push(`${encode(scheme.key)}=${encode(value("key"))}`);
  } else if (scheme.type === "basic" && value("user")) {
    const octets = new TextEncoder().encode(`${value("user")}:${value("password")}`);
    headers.set("Authorization", `Basic ${btoa(String.fromCharCode(...octets))}`);
  } else if (value("token")) {
    headers.set("Authorization", `Bearer ${value("token")}`);
  }
}

async function send(box) {
  const output = box.querySelector("output");
  const started = performance.now();
  show(output, "Waiting", "");
  try {
    const { url, options } = build(box);
    const answer = await fetch(url, options);
    const text = await describe(answer);
    const time = Math.round(performance.now() - started);
    show(output, `${answer.status} ${answer.statusText}`, text, `${time} ms`, answer.status);
  } catch (error) {
    show(output, "No answer", `${error.message}\n\nA server elsewhere has to allow this page (CORS).`);
  }
}

async function describe(answer) {
  const kind = answer.headers.get("Content-Type") || "";
  const head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  if (/^(image|audio|video|font)\/|octet-stream|zip|pdf/.test(kind)) {
    return `${head}\n\n(${(await answer.blob()).size} bytes)`;
  }
  let text = await answer.text();
  if (/json/.test(kind)) {
    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* as it is */ }
  }
  return `${head}\n\n${text.slice(0, 200000)}`;
}

function show(output, status, text, time = "", code = 0) {
  const line = document.createElement("p"), mark = document.createElement("span");
  mark.className = `status s${String(code)[0]}`;
  mark.textContent = status;
  line.append(mark, ` ${time}`);
  const block = document.createElement("pre");
  block.tabIndex = 0;
  block.textContent = text;
  output.replaceChildren(line, ...(text ? [block] : []));
}

/* --- tokens: OAuth 2 with PKCE (RFC 7636), or of a client ------------------------ */

const base64 = octets => btoa(String.fromCharCode(...octets))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64(crypto.getRandomValues(new Uint8Array(32)));

async function ask(url, form, output) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  const found = await answer.json();
  if (!answer.ok || !found.access_token) {
    throw new Error(found.error_description || found.error || `Status ${answer.status}`);
  }
  return found.access_token;
}

async function authorize(flow, client, scope) {
  const state = random(), verifier = random(), redirect = location.origin + location.pathname;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const url = new URL(flow.authorize, location.href);
  const asked = {
    response_type: "code", client_id: client.client_id, redirect_uri: redirect, scope, state,
    code_challenge: base64(new Uint8Array(digest)), code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const channel = new BroadcastChannel(state);
  const code = new Promise((resolve, reject) => {
    channel.onmessage = ({ data }) => data.code ? resolve(data.code) : reject(new Error(data.error));
  });
  window.open(url, "_blank", "popup,width=480,height=640");
  try {
    return await ask(flow.token, {
      grant_type: "authorization_code", code: await code, redirect_uri: redirect,
      code_verifier: verifier, ...client,
    });
  } finally {
    channel.close();
  }
}

async function logIn(button) {
  const group = button.closest("[data-scheme]");
  const output = group.closest(".request").querySelector("output");
  const flow = JSON.parse(button.dataset.flow);
  const client = {};
  for (const name of ["client_id", "client_secret"]) {
    const value = group.querySelector(`[name=${name}]`).value;
    if (value) client[name] = value;
  }
  const scope = group.querySelector("[name=scope]").value;
  try {
    const token = flow.authorize
      ? await authorize(flow, client, scope)
      : await ask(flow.token, { grant_type: "client_credentials", scope, ...client });
    const field = group.querySelector("[name=token]");
    field.value = token;
    share(field);
    show(output, "Logged in", "");
  } catch (error) {
    show(output, "No token", error.message);
  }
}

/* One scheme has the same credentials wherever it stands on the page. */
function share(field) {
  const { scheme } = field.closest("[data-scheme]").dataset;
  find(document, "[data-scheme]").filter(group => group.dataset.scheme === scheme).forEach(group => {
    group.querySelector(`[name=${field.name}]`).value = field.value;
  });
}

function choose(kind) {
  find(kind.closest(".request"), "[data-kind]").forEach(part => {
    part.hidden = part.dataset.kind !== kind.value;
  });
}

const arguments_ = new URLSearchParams(location.search);
if (arguments_.has("state") && (arguments_.has("code") || arguments_.has("error"))) {
  /* This is the window of a login: the page that asked for it hears the code. */
  const { code, error } = Object.fromEntries(arguments_);
  new BroadcastChannel(arguments_.get("state")).postMessage({ code, error });
  window.close();
}
document.addEventListener("click", ({ target }) => {
  if (target.matches(".request [data-send]")) send(target.closest(".request"));
  if (target.matches(".request [data-flow]")) logIn(target);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-scheme] input")) share(target);
  if (target.matches(".request [name=kind]")) choose(target);
});
