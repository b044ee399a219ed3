// The chat: lines from the socket into the list, lines from the form into the socket.
"use strict";

const chat = document.getElementById("chat");
const form = chat.querySelector("form");
const button = form.querySelector("button");
const messages = document.getElementById("messages");
const address = new URL("chat", document.baseURI);
address.protocol = address.protocol.replace("http", "ws");

let socket;
let wait = 500;

function show(line) {
  const { people, name, text } = JSON.parse(line);
  if (people !== undefined) {
    document.getElementById("people").textContent = people === 1 ? "Nobody else is here." : `${people} are here.`;
    return;
  }
  const item = document.createElement("li");
  const author = document.createElement("b");
  author.textContent = name;
  item.append(author, " ", text);
  messages.append(item);
  messages.scrollTop = messages.scrollHeight;
}

function tell(text, connected) {
  document.getElementById("state").textContent = text;
  button.disabled = !connected;
}

function connect() {
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    messages.replaceChildren(); // the server tells again what was said last
    wait = 500;
    tell("Connected.", true);
  });
  socket.addEventListener("message", (event) => show(event.data));
  socket.addEventListener("close", () => {
    document.getElementById("people").textContent = "";
    tell("Not connected, trying again …", false);
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 10000);
  });
}

form.elements.name.value = sessionStorage.getItem("name") ?? `Guest ${Math.ceil(Math.random() * 99)}`;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, text } = form.elements;
  sessionStorage.setItem("name", name.value);
  socket.send(JSON.stringify({ name: name.value, text: text.value }));
  text.value = "";
  text.focus();
});
connect();
