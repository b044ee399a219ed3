// Send the chosen file as the body of a PUT, and show what the server makes of it.
"use strict";

const form = document.getElementById("put");
const output = form.querySelector("output");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.querySelector("input").files[0];
  const name = file.name.normalize().replace(/[^\p{L}\p{N}_.-]/gu, "_").replace(/^[.-]+/, "");
  output.textContent = `Sending ${file.name} …`;
  try {
    const answer = await fetch(`files/${encodeURIComponent(name)}`, { method: "PUT", body: file });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const { size, sha256 } = await answer.json();
    output.textContent = `${name}: ${size} bytes, sha256 ${sha256}`;
  } catch (error) {
    output.textContent = `That failed: ${error.message}`;
  }
});
