// Runs the application of a page in a worker, which a reader has to ask for.
(() => {
  const section = document.querySelector(".playground");
  const [start, form, said] = ["button.start", "form", "[role=status]"].map((each) =>
    section.querySelector(each));
  const [text, frame] = ["pre", "iframe"].map((each) => form.querySelector(each));
  const script = new URL("playground-worker.js", document.currentScript.src);
  let worker;

  const begin = () => {
    worker?.terminate();
    worker = new Worker(script, { type: "module" });
    worker.onmessage = ({ data }) => show(data);
    worker.onerror = () => show({ missing: true });
  };

  const show = ({ missing, ready, failure, status, headers, body, shown }) => {
    if (missing || ready) {
      said.textContent = ready ? "Python is there."
        : "Python can't be loaded: open these pages from a web server.";
      form.hidden &&= !ready;
      return;
    }
    said.textContent = failure ? "It failed." : "It has answered.";
    const lines = headers?.map(([name, value]) => `${name}: ${value}`);
    text.textContent = failure ?? [status, ...lines, "", body].join("\n");
    frame.hidden = !headers?.some(([name, value]) => /^content-type$/i.test(name)
      && /html/.test(value));
    frame.srcdoc = frame.hidden ? "" : shown;
  };

  start.addEventListener("click", () => {
    start.remove();
    said.textContent = "Python is on its way.";
    begin();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (said.textContent === "It runs.") begin(); // it hasn't answered, and won't
    said.textContent = "It runs.";
    worker.postMessage(Object.fromEntries(new FormData(form)));
  });
})();
