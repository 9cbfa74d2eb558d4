import "./no-eval.js";
import { TidingsInbox } from "@tidings/client/inbox";
import { clearItems, putItem, removeItem } from "./items.js";

const itemsShown = 50;
const element = (id) => document.getElementById(id);

const inbox = new TidingsInbox({
  baseUrl: document.body.dataset.tidingsUrl,
  getToken: async () => {
    const answer = await fetch("/inbox-token", { method: "POST" });
    if (answer.status === 401) location.assign("/");
    if (!answer.ok) throw new Error("no token");
    return answer.text();
  },
});

/** The change up to which the page shows the inbox. */
let sequence = 0;
/** Whether the list has still to be loaded. */
let isStale = false;

inbox.on("counts", ({ unread }) => {
  element("badge").textContent = unread;
  element("read-all").disabled = unread === 0;
  document.title = unread === 0 ? "Inbox" : `(${unread}) Inbox`;
});
inbox.on("state", ({ state }) => {
  element("connection").textContent = state;
  if (state === "open" && isStale) load();
});
inbox.on("error", tell);
inbox.on("change", (change) => {
  sequence = change.sequence;
  // The first connection begins with a reset, so that the list is loaded in one place alone.
  if (change.type === "reset") load();
  else if (change.item === undefined || change.item.archivedAt !== undefined) removeItem(change.id);
  else putItem(change.item, act);
});
inbox.connect();

async function load() {
  isStale = true;
  try {
    const page = await inbox.list({ limit: itemsShown });
    // Changes that came while it was on its way are not in it: ask again.
    if (page.counts.sequence < sequence) return load();
    clearItems();
    for (const item of page.items.reverse()) putItem(item, act);
    sequence = page.counts.sequence;
    isStale = false;
  } catch (error) {
    // The next time that the connection opens it is loaded again.
    tell(error);
  }
}

/** Nothing is shown before the server tells of it: the page here and those elsewhere learn it in the same way. */
function act(item, what, key) {
  const ids = [item.id];
  if (what === "action") return inbox.act(item.id, key).catch(tell);
  return (what === "read" ? inbox.read({ ids }) : inbox.archive({ ids })).catch(tell);
}

function tell(error) {
  element("connection").textContent = error instanceof Error ? error.message : "that failed";
}

/** `upTo`: what comes while the click is on its way stays unread. */
element("read-all").addEventListener("click", () => inbox.read({ upTo: sequence }).catch(tell));

element("comment").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const body = new URLSearchParams(new FormData(form));
  element("sent").textContent = "sending";
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => undefined);
  element("sent").textContent = answer?.ok ? "sent" : "that could not be sent";
  if (answer?.ok) form.elements.text.value = "";
});
