import type { MessageRow } from "../../ports/store/log.ts";
import type { Corner } from "./corner.conformance.ts";

/** All messages to a recipient: a page looks at so many of the store's messages, of whichever corner they are, and may show none. */
export async function messagesTo({ store, environmentId }: Corner, recipient: string): Promise<MessageRow[]> {
  const found: MessageRow[] = [];
  for (let before: string | undefined = ""; before !== undefined; ) {
    const page = await store.listMessages({ environmentId, recipient, before, limit: 1000 });
    found.push(...page.items);
    before = page.next;
  }
  return found;
}
