// Send a file in pieces; after a lost connection go on with what has arrived.
"use strict";

const PIECE = 512 * 1024;
const TRIES = 8;

const form = document.getElementById("send");
const output = form.querySelector("output");
const bar = form.querySelector("progress");

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

async function begin(file) {
  const answer = await fetch("uploads", {
    method: "POST",
    headers: {
      "Upload-Complete": "?0",
      "Upload-Length": file.size,
      "Content-Type": file.type || "application/octet-stream",
      "Content-Disposition": `inline; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    },
  });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.headers.get("Location");
}

// How much has arrived; null when the server knows nothing of it, Infinity when it has
// the whole, and only its answer was lost.
async function ask(place) {
  const answer = await fetch(place, { method: "HEAD" });
  if (answer.status === 423) throw new TypeError("An earlier request is still there");
  if (!answer.ok) return null;
  if (answer.headers.get("Upload-Complete") === "?1") return Infinity;
  return Number(answer.headers.get("Upload-Offset"));
}

async function sendPiece(place, file, offset) {
  const piece = file.slice(offset, offset + PIECE);
  const isLast = offset + piece.size === file.size;
  const answer = await fetch(place, {
    method: "PATCH",
    headers: {
      "Upload-Complete": isLast ? "?1" : "?0",
      "Upload-Offset": offset,
      "Content-Type": "application/partial-upload",
    },
    body: piece,
  });
  if (answer.status === 409 || answer.status === 423) throw new TypeError("Ask again");
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return isLast ? answer.json() : null;
}

async function send(file) {
  // Kept for the day when the page is closed before the end.
  const key = `${file.name} ${file.size} ${file.lastModified}`;
  let place = localStorage.getItem(key);
  let offset = null;
  for (let tries = 0; ; ) {
    try {
      if (place && offset === null) offset = await ask(place);
      if (offset === Infinity) {
        localStorage.removeItem(key);
        return { name: file.name, size: file.size, sha256: "in the list" };
      }
      if (offset === null) {
        place = await begin(file);
        localStorage.setItem(key, place);
        offset = 0;
      }
      const done = await sendPiece(place, file, offset);
      offset = Math.min(offset + PIECE, file.size);
      bar.value = offset / file.size;
      tries = 0;
      if (done) {
        localStorage.removeItem(key);
        return done;
      }
    } catch (error) {
      // fetch throws a TypeError when there is no answer.
      if (!(error instanceof TypeError) || ++tries > TRIES) throw error;
      output.textContent = `Lost at ${offset ?? 0} bytes, trying again …`;
      output.dataset.lost = 1 + Number(output.dataset.lost ?? 0);
      offset = null;
      await pause(0.1 * 2 ** tries);
    }
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.querySelector("input").files[0];
  output.textContent = `Sending ${file.name} …`;
  try {
    const { name, size, sha256 } = await send(file);
    output.textContent = `${name}: ${size} bytes, sha256 ${sha256}`;
  } catch (error) {
    output.textContent = `That failed: ${error.message}`;
  }
});
