import { type WebhookType, webhookTypes } from "@tidings/contract/webhooks";
import { canonicalJson } from "../../../packages/server/src/domain/canonical-json.ts";
import { parseProfile } from "../../../packages/server/src/domain/recipient-view.ts";
import { text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import type { EndFacts } from "./facts.ts";

/** Of each recipient whose data changed, the endpoint was told the latest last. */
export function checkRecipientWebhooks({ world, endpoint }: Cast): void {
  for (const row of world.base.database.all("select id, profile from recipient")) {
    const known = endpoint.attributes.get(text(row, "id"));
    const { attributes } = parseProfile(text(row, "profile"));
    if (known !== undefined && canonicalJson(known) !== canonicalJson(attributes))
      world.violate("endpoint-is-told-in-order", text(row, "id"));
  }
}

const timed = ["opened", "clicked", "read", "complained"] as const;

/** The endpoint was told of each state that a message came to, and of each time, once and of nothing else. */
export function checkWebhooks({ world, ledger, endpoint }: Cast, { messages }: EndFacts): void {
  const told = new Map<string, number>();
  for (const { type, messageId } of endpoint.told.values()) {
    const name = `${messageId} ${type}`;
    told.set(name, (told.get(name) ?? 0) + 1);
  }
  const expected = new Set<string>();
  const expect = (messageId: string, type: string): void => {
    if (webhookTypes.some((known: WebhookType) => known === type)) expected.add(`${messageId} ${type}`);
  };
  for (const { id, moves } of ledger.messages.values())
    for (const { from, to } of moves) if (from !== to) expect(id, `message.${to}`);
  for (const { id, times, state } of messages.values()) {
    for (const kind of timed) if (times[kind] !== null) expect(id, `message.${kind}`);
    // One that ends with its insert makes no move.
    expect(id, `message.${state}`);
  }
  for (const name of expected) if (!told.has(name)) world.violate("endpoint-is-told", name);
  for (const [name, count] of told) {
    if (!expected.has(name)) world.violate("endpoint-is-told-the-truth", name);
    if (count > 1) world.violate("told-under-one-id", `${name} has ${count} ids`);
  }
}
