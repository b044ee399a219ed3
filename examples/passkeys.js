// Register a passkey, and log in with it.
"use strict";

const form = document.getElementById("passkey");
const output = form.querySelector("output");

async function post(path, value) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": form.dataset.token },
    body: JSON.stringify(value),
  });
  if (!answer.ok) throw new Error(answer.status === 409 ? "Choose another name." : "The server refused it.");
  return answer.json();
}

async function register() {
  const options = await post("register/begin", { name: form.elements.name.value });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  return post("register/finish", credential.toJSON());
}

async function logIn() {
  const options = await post("login/begin", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return post("login/finish", credential.toJSON());
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await (event.submitter.value === "register" ? register() : logIn());
    location.reload();
  } catch (error) {
    output.textContent = error.message;
  }
});
