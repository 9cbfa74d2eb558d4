import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { anyChannel } from "../../sql/opt-outs.ts";
import type { Database } from "../database.ts";

/**
 * Of messages that are to start: addresses for which there is a suppression of some scope, as `environment:channel:hash`, and
 * recipients who have said no to something on a channel, as `environment:channel:recipient`.
 */
export interface Suspects {
  addresses: ReadonlySet<string>;
  recipients: ReadonlySet<string>;
}

const refusingSql = `select distinct recipient from opt_out where environment_id = ? and refuses = 1
  and channel in (${anyChannel}, ?) and recipient in (select value from json_each(?))`;
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
  for (const [name, group] of groupsOf(starting, channelGroup, ({ recipient }) => recipient)) {
    const rows = database.all(
      refusingSql,
      group.origin.environmentId,
      channelCode[group.origin.channel],
      JSON.stringify(group.keys),
    );
    for (const row of rows) recipients.add(`${name}:${text(row, "recipient")}`);
  }
  return addresses.size + recipients.size === 0 ? nobody : { addresses, recipients };
}

const channelGroup = ({ origin }: NewMessage): string => `${origin.environmentId}:${origin.channel}`;

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
  return recipients.size > 0 && recipients.has(`${channelGroup(message)}:${message.recipient}`);
}
