// Sends each file by a request of its own, and shows how far it has come.
"use strict";

const AT_ONCE = 2;

const root = document.documentElement;
const form = document.querySelector("form");
const input = form.querySelector("input");
const current = document.querySelector("#current");
const arrived = document.querySelector("#arrived");
const limit = Number(form.dataset.limit);
const waiting = [];
const running = new Set();

// upload.py has the same rules.
function formatSize(size) {
  if (size < 1000) return size === 1 ? "1 byte" : `${size} bytes`;
  for (const unit of ["kB", "MB", "GB"]) {
    size /= 1000;
    if (size < 999.95 || unit === "GB") return `${size.toFixed(1).replace(/\.0$/, "")} ${unit}`;
  }
}

function formatTime(seconds) {
  if (seconds < 60) return `${Math.max(Math.ceil(seconds), 1)} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
}

function copyTemplate(id) {
  return document.querySelector(id).content.firstElementChild.cloneNode(true);
}

// A file that is on its way, and its row.
class Upload {
  constructor(file) {
    this.file = file;
    this.row = copyTemplate("#sending");
    this.bar = this.row.querySelector("progress");
    this.status = this.row.querySelector(".status");
    this.button = this.row.querySelector("button");
    this.row.querySelector(".name").textContent = file.name;
    this.bar.setAttribute("aria-label", file.name);
    this.button.addEventListener("click", () => this.act());
    current.querySelector("ul").append(this.row);
    current.hidden = false;
  }

  offer(label, act) {
    this.button.textContent = label;
    this.button.setAttribute("aria-label", `${label} ${this.file.name}`);
    this.act = act;
  }

  wait() {
    this.row.className = "";
    this.bar.value = 0;
    this.status.textContent = `Waiting, ${formatSize(this.file.size)}`;
    this.offer("Cancel", () => {
      waiting.splice(waiting.indexOf(this), 1);
      this.close();
    });
    waiting.push(this);
  }

  send() {
    const request = new XMLHttpRequest();
    const start = performance.now();
    const body = new FormData();
    body.append(input.name, this.file);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = event => this.show(event, (performance.now() - start) / 1000);
    request.upload.onload = () => { this.status.textContent = "Sent, waiting for the answer"; };
    request.onload = () => this.finish(request);
    request.onerror = () => this.fail("The connection was lost, and nothing was kept.");
    request.onabort = () => this.close();
    request.onloadend = () => { running.delete(this); proceed(); };
    running.add(this);
    this.offer("Cancel", () => request.abort());
    request.send(body);
  }

  show(event, seconds) {
    if (!event.lengthComputable) return;
    const speed = event.loaded / seconds;
    const parts = [`${formatSize(event.loaded)} of ${formatSize(event.total)}`];
    if (seconds > 0.5) parts.push(`${formatSize(speed)}/s`, formatTime((event.total - event.loaded) / speed));
    this.bar.value = event.loaded / event.total;
    this.status.textContent = parts.join(", ");
  }

  finish(request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // Something between us and the application has answered.
    }
    if (request.status !== 201) {
      this.fail(answer.error || `The server answered ${request.status}.`, request.status !== 413);
      return;
    }
    answer.files.forEach(showArrived);
    this.close();
  }

  fail(reason, again = true) {
    this.row.className = "failed";
    this.status.textContent = reason;
    this.offer(again ? "Try again" : "Dismiss", () => {
      if (again) {
        this.wait();
        proceed();
      } else {
        this.close();
      }
    });
  }

  close() {
    this.row.remove();
    current.hidden = !current.querySelector("li");
  }
}

function showArrived(file) {
  const row = copyTemplate("#received");
  const name = row.querySelector(".name");
  name.textContent = file.name;
  name.href = file.link;
  row.querySelector(".size").textContent = file.size_text;
  row.querySelector("code").textContent = file.sha256;
  row.querySelector("time").textContent = file.time;
  row.className = "new";
  arrived.querySelector("ul").prepend(row);
}

function proceed() {
  while (waiting.length && running.size < AT_ONCE) waiting.shift().send();
}

function take(files) {
  for (const file of files) {
    const upload = new Upload(file);
    if (file.size > limit) {
      upload.fail(`Too large: it has ${formatSize(file.size)}, and max_content_length is ${formatSize(limit)}.`, false);
    } else {
      upload.wait();
    }
  }
  proceed();
}

// What is dropped beside the form must not replace the page.
let depth = 0;
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, event => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    depth = { dragenter: depth + 1, dragleave: depth - 1, drop: 0 }[name] ?? depth;
    form.classList.toggle("over", depth > 0);
  });
}
document.addEventListener("drop", event => {
  const items = [...event.dataTransfer.items].filter(item => item.kind === "file");
  const entries = items.map(item => [item.webkitGetAsEntry(), item.getAsFile()]);
  take(entries.filter(([entry]) => !entry?.isDirectory).map(([, file]) => file));
  for (const [entry] of entries.filter(([entry]) => entry?.isDirectory)) {
    new Upload({ name: entry.name }).fail("A folder can't be sent: choose the files in it.", false);
  }
});

input.addEventListener("change", () => {
  take(input.files);
  input.value = "";
});
addEventListener("beforeunload", event => {
  if (running.size) event.preventDefault();
});
root.classList.add("js");
