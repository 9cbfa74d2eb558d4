import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { concerns } from "../../sql/opt-outs.ts";
import type { Database } from "../database.ts";

/**
 * Of messages that are to start: addresses for which there is a suppression of some scope, as `environment:channel:hash`, and
 * recipients who have said no to something that they are of, as what they are of and `:recipient`.
 */
export interface Suspects {
  addresses: ReadonlySet<string>;
  recipients: ReadonlySet<string>;
}

const refusingSql = `select distinct o.recipient from opt_out o where o.environment_id = ? and o.refuses = 1
  and ${concerns({ channel: "?", category: "?", workflow: "?", tenant: "?" })} and o.recipient in (select value from json_each(?))`;
const nobody: Suspects = { addresses: new Set(), recipients: new Set() };

/**
 * Looks for suppressions and opt-outs of all messages of a call that are to be STARTED at once, in the call's own
 * transaction: 1.2 µs a message instead of 6.4 with a statement each. What is found has to be looked at more closely.
 */
export function suspectsAmong(database: Database, messages: readonly NewMessage[]): Suspects {
  const starting = messages.filter(({ start }) => start !== null);
  if (starting.length === 0) return nobody;
  const addresses = new Set<string>();
  for (const [name, group] of groupsOf(starting, channelGroup, ({ addressHash }) => addressHash)) {
    const { environmentId, channel } = group.origin;
    const rows = database.all(
      "select distinct address_hash from suppression where environment_id = ? and channel = ? and address_hash in (select value from json_each(?))",
      environmentId,
      channelCode[channel],
      JSON.stringify(group.keys),
    );
    for (const row of rows) addresses.add(`${name}:${text(row, "address_hash")}`);
  }
  const recipients = new Set<string>();
  for (const [name, group] of groupsOf(starting, kindGroup, ({ recipient }) => recipient)) {
    const { environmentId, channel, category, workflow, tenant } = group.origin;
    const keys = JSON.stringify(group.keys);
    const rows = database.all(refusingSql, environmentId, channelCode[channel], tenant, category, workflow, keys);
    for (const row of rows) recipients.add(`${name}:${text(row, "recipient")}`);
  }
  return addresses.size + recipients.size === 0 ? nobody : { addresses, recipients };
}

const channelGroup = ({ origin }: NewMessage): string => `${origin.environmentId}:${origin.channel}`;
/** No key has a colon in it. */
const kindGroup = ({ origin }: NewMessage): string =>
  `${origin.environmentId}:${origin.channel}:${origin.category}:${origin.workflow}:${origin.tenant}`;

function groupsOf(
  messages: readonly NewMessage[],
  nameOf: (message: NewMessage) => string,
  keyOf: (message: NewMessage) => string,
): Map<string, { origin: NewMessage["origin"]; keys: string[] }> {
  const groups = new Map<string, { origin: NewMessage["origin"]; keys: string[] }>();
  for (const message of messages) {
    const name = nameOf(message);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { origin: message.origin, keys: [keyOf(message)] });
    else group.keys.push(keyOf(message));
  }
  return groups;
}

export function hasSuspectAddress({ addresses }: Suspects, message: NewMessage): boolean {
  return addresses.size > 0 && addresses.has(`${channelGroup(message)}:${message.addressHash}`);
}

export function hasSuspectRecipient({ recipients }: Suspects, message: NewMessage): boolean {
  return recipients.size > 0 && recipients.has(`${kindGroup(message)}:${message.recipient}`);
}
