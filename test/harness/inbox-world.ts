import { setTimeout as pause } from "node:timers/promises";
import { acceptedSchema } from "@tidings/contract/events";
import { inboxTokenSchema } from "@tidings/contract/inbox-tokens";
import type { Api } from "./api.ts";

/** Makes `note` events put one item each into the inboxes of their recipients, with two actions and `data.n` as its text. */
export async function configureInbox(api: Api): Promise<void> {
  await api.put("/v1/categories/notes", { class: "transactional" });
  await api.put("/v1/integrations/inbox", { channel: "in_app", provider: "inbox" });
  await api.put("/v1/templates/note", { in_app: { title: "Note {{data.n}}", text: "{{data.n}}" } });
  await api.put("/v1/workflows/note", {
    event: "note",
    category: "notes",
    steps: [{ id: "note", type: "channel", channel: "in_app", template: "note" }],
  });
}

export async function tokenOf(api: Api, recipient: string): Promise<string> {
  const { json } = await api.call("POST", `/v1/recipients/${recipient}/tokens`, { ttlSeconds: 86_400 });
  return inboxTokenSchema.parse(json).token;
}

/** Sends a note; again, with the same key, for as long as nobody answers, as the server may be down. */
export async function sendNote(api: Api, recipient: string, n: string): Promise<string> {
  const event = { name: "note", recipients: [{ id: recipient }], data: { n } };
  const { json } = await untilAnswered(() =>
    api.call("POST", "/v1/events", event, { "idempotency-key": `${recipient}-${encodeURIComponent(n)}` }),
  );
  return acceptedSchema.parse(json).id;
}

/** Repeats a call that fails, or is answered with 5xx, until it is answered otherwise. */
export async function untilAnswered<Answer extends { status: number }>(call: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + 60_000;
  for (;;) {
    try {
      const answer = await call();
      if (answer.status < 500) return answer;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    if (performance.now() > until) throw new Error("the server did not come back");
    await pause(50);
  }
}
