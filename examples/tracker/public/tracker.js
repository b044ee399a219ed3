// Tells what others do while a page is open; the page works without it.
const news = document.querySelector("[data-changes]");

function tell(change) {
  const shown = news.dataset.issue;
  if (shown && Number(shown) !== change.issue) return;
  const what = shown ? "this issue" : `issue #${change.issue}`;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Show it";
  news.replaceChildren(`${change.author} has ${change.kind} ${what}. `, link);
}

if (news) {
  const source = new EventSource(news.dataset.changes);
  source.onmessage = event => tell(JSON.parse(event.data));
  // An open stream would keep the page from the browser's back button.
  addEventListener("pagehide", () => source.close());
}
