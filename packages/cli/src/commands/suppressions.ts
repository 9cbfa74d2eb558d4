import { suppressionReasonDefault, suppressionScopes } from "@tidings/contract/suppressions";
import { channels } from "@tidings/contract/words";
import { collect } from "../collect.ts";
import type { Command, Context, Option } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";
import { exportSuppressions, importSuppressions } from "./suppression-files.ts";

const limitRange = [1, 100_000] as const;
const limitDefault = 50;

const channelOption: Option = {
  name: "channel",
  value: "<channel>",
  summary: `Channel of the address: ${channels.join(", ")}`,
  default: "email",
};
const scopeOption = (summary: string): Option => ({
  name: "scope",
  value: "<scope>",
  summary: `${summary}: ${suppressionScopes.join(", ")}`,
});

const list: Command = {
  name: "suppressions list",
  summary: "List the addresses that get nothing, or not everything",
  options: [
    { ...channelOption, summary: `Only of this channel: ${channels.join(", ")}`, default: "all" },
    scopeOption("Only of this scope"),
    { name: "address", value: "<address>", summary: "Only those of this address; a mail address without --channel" },
    { name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) },
  ],
  examples: [
    { line: "tidings suppressions list --address anna@example.com", says: "Whether and why she gets nothing" },
    {
      line: "tidings suppressions list --scope category --json | jq -r '.items[].value' | sort | uniq -c",
      says: "What people left",
    },
  ],
  json: '`{"items": [{"id", "channel", "addressHash", "scope", "value", "reason", "createdAt"}], "more"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const limit = input.whole("limit", limitRange) ?? limitDefault;
    const address = input.text("address");
    const channel = input.oneOf("channel", channels) ?? (address === undefined ? undefined : "email");
    const scope = input.oneOf("scope", suppressionScopes);
    const found = api().suppressions.list({ channel, scope, address, limit: Math.min(100, limit) }, { signal });
    const { items, more } = await collect(found, limit);
    if (json) terminal.document({ items, more });
    else {
      const rows = items.map(({ id, scope: scoped, value = "", reason, createdAt }) => [
        id,
        value === "" ? scoped : `${scoped} ${value}`,
        createdAt,
        reason,
      ]);
      for (const line of tableLines(["ID", "SCOPE", "SINCE", "REASON"], rows)) terminal.out(line);
      if (more) terminal.note(`there are more than ${limit}; --limit shows them, tidings suppressions export all`);
    }
    return "ok";
  },
};

const add: Command = {
  name: "suppressions add",
  summary: "Send an address nothing any more, or not everything",
  arguments: [{ name: "address", summary: "Addresses of one channel", many: true }],
  options: [
    channelOption,
    { ...scopeOption("What is stopped"), default: "everything" },
    { name: "value", value: "<key>", summary: "Key of the integration or category, or the class" },
    { name: "reason", value: "<reason>", summary: "Why", default: suppressionReasonDefault },
  ],
  examples: [
    { line: "tidings suppressions add anna@example.com", says: "Nothing by mail any more" },
    {
      line: "tidings suppressions add anna@example.com --scope category --value newsletter",
      says: "Only no newsletter",
    },
  ],
  json: '`{"added", "present"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const shared = {
      channel: input.oneOf("channel", channels) ?? "email",
      scope: input.oneOf("scope", suppressionScopes),
      value: input.text("value"),
      reason: input.text("reason"),
    };
    const result = await api().suppressions.add(
      input.arguments.map((address) => ({ ...shared, address })),
      { signal },
    );
    if (json) terminal.document(result);
    else terminal.out(`${result.added} added, ${result.present} there already`);
    return "ok";
  },
};

const remove: Command = {
  name: "suppressions remove",
  summary: "Remove suppressions; what they stopped goes out again from then on",
  description: ["Takes ids, as the list shows them, or --address for all of one address."],
  arguments: [{ name: "id", summary: "Ids of suppressions", optional: true, many: true }],
  options: [
    channelOption,
    { name: "address", value: "<address>", summary: "All of this address" },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings suppressions remove --address anna@example.com --yes", says: "She gets everything again" },
  ],
  json: '`{"removed"}`',
  run: runRemove,
};

const addressSuppressionsMax = 10_000;

async function runRemove(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const address = input.text("address");
  if ((address === undefined) === (input.arguments.length === 0)) throw usage("remove takes ids, or --address");
  const { suppressions: resource } = context.api();
  let ids = input.arguments;
  if (address !== undefined) {
    const channel = input.oneOf("channel", channels) ?? "email";
    const found = await collect(resource.list({ channel, address }, { signal }), addressSuppressionsMax);
    ids = found.items.map(({ id }) => id);
  }
  if (ids.length > 0) await requireYes(context, `Remove ${ids.length} of the suppressions?`);
  for (const id of ids) await resource.remove(id, { signal });
  if (json) terminal.document({ removed: ids.length });
  else terminal.out(`${ids.length} removed`);
  return "ok";
}

export const suppressions: readonly Command[] = [list, add, remove, importSuppressions, exportSuppressions];
