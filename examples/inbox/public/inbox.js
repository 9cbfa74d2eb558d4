import { TidingsInbox } from "@tidings/client/inbox";

const itemsShown = 50;
const list = document.querySelector("#items");
const badge = document.querySelector("#badge");
const connection = document.querySelector("#connection");

const inbox = new TidingsInbox({
  baseUrl: document.body.dataset.tidingsUrl,
  getToken: async () => {
    const answer = await fetch("/inbox-token", { method: "POST" });
    if (!answer.ok) throw new Error("nobody is signed in");
    return answer.text();
  },
});

/** Items by id. What the server says of one replaces it whole. */
const items = new Map();

inbox.on("counts", ({ unread }) => {
  badge.textContent = String(unread);
  document.title = unread === 0 ? "Inbox" : `(${unread}) Inbox`;
});
inbox.on("state", ({ state }) => {
  connection.textContent = state;
});
inbox.on("error", (error) => {
  connection.textContent = error instanceof Error ? error.message : "offline";
});
inbox.on("change", ({ type, id, item }) => {
  if (type === "reset") {
    load();
    return;
  }
  if (type === "removed" || item?.archivedAt !== undefined) items.delete(id);
  else if (item !== undefined) items.set(id, item);
  show();
});

document.querySelector("#read-all").addEventListener("click", () => inbox.read({ ids: unreadIds() }));

/** What was listed is where the connection begins, so nothing falls between the two. */
await load();
inbox.connect();

async function load() {
  const page = await inbox.list({ limit: itemsShown });
  items.clear();
  for (const item of page.items) items.set(item.id, item);
  show();
}

function unreadIds() {
  return [...items.values()].filter(({ readAt }) => readAt === undefined).map(({ id }) => id);
}

function show() {
  const newest = [...items.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, itemsShown);
  list.replaceChildren(...newest.map(itemElement));
  document.querySelector("#read-all").disabled = unreadIds().length === 0;
}

/** Title and text are text: nothing of an item is ever taken for HTML. */
function itemElement(item) {
  const element = document.createElement("li");
  element.className = item.readAt === undefined ? "unread" : "read";
  const heading = document.createElement("h3");
  heading.textContent = item.title ?? "Notification";
  const text = document.createElement("p");
  text.textContent = item.text;
  element.append(heading, text, ...actionButtons(item));
  if (item.readAt === undefined) element.append(button("Mark as read", () => inbox.read({ ids: [item.id] })));
  element.append(button("Archive", () => inbox.archive({ ids: [item.id] })));
  return element;
}

function actionButtons(item) {
  if (item.action !== undefined) {
    const taken = document.createElement("p");
    taken.textContent = `Answered: ${item.action.key}`;
    return [taken];
  }
  return (item.actions ?? []).map(({ key, label }) => button(label, () => inbox.act(item.id, key)));
}

function button(label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", async () => {
    element.disabled = true;
    try {
      await act();
    } catch (error) {
      connection.textContent = error instanceof Error ? error.message : "that failed";
      element.disabled = false;
    }
  });
  return element;
}
