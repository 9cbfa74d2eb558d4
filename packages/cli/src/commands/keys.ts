import type { ApiKeyView } from "@tidings/contract/api-keys";
import { collect } from "../collect.ts";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";

const shownMax = 10_000;

const list: Command = {
  name: "keys list",
  summary: "List the API keys of the environment",
  examples: [{ line: "tidings keys list", says: "By id, name and beginning; nobody can show a key again" }],
  json: '`{"items": [{"id", "name", "environment", "prefix", "createdAt", "revokedAt"}]}`',
  async run({ api, terminal, json, signal }): Promise<Outcome> {
    const { items } = await collect(api().apiKeys.list({ limit: 100 }, { signal }), shownMax);
    if (json) terminal.document({ items });
    else {
      const rows = items.map((key) => [
        key.id,
        key.name,
        key.environment,
        `${key.prefix}…`,
        key.createdAt,
        key.revokedAt ?? "",
      ]);
      for (const line of tableLines(["ID", "NAME", "ENVIRONMENT", "KEY", "CREATED", "REVOKED"], rows))
        terminal.out(line);
    }
    return "ok";
  },
};

const create: Command = {
  name: "keys create",
  summary: "Make an API key; it is shown this once",
  arguments: [{ name: "name", summary: "What it is for, such as shop-backend" }],
  examples: [
    { line: "tidings keys create shop-backend", says: "The key is the only thing on stdout" },
    {
      line: "tidings keys create ci --quiet | gh secret set TIDINGS_API_KEY",
      says: "Into another program, seen by nobody",
    },
  ],
  json: '`{"id", "name", "environment", "prefix", "createdAt", "key"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const made = await api().apiKeys.create({ name: input.argument(0) }, { signal });
    if (json) terminal.document(made);
    else {
      terminal.out(made.key);
      terminal.note(`${made.name} in ${made.environment}, id ${made.id}: keep it now, it is not shown again`);
    }
    return "ok";
  },
};

const revoke: Command = {
  name: "keys revoke",
  summary: "Revoke an API key; calls with it are refused within a second",
  arguments: [{ name: "id", summary: "Id of the key, or its beginning as keys list shows it" }],
  options: [{ name: "yes", short: "y", summary: "Do not ask" }],
  examples: [{ line: "tidings keys revoke 0193b6c0-5e1a-8f3e-9c1d-2b7a4d6e8f01 --yes", says: "Without being asked" }],
  json: '`{"id", "name", "revoked": true}`',
  run: runRevoke,
};

async function runRevoke(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const api = context.api();
  const wanted = input.argument(0).replace(/…$/, "");
  const { items } = await collect(api.apiKeys.list({ limit: 100 }, { signal }), shownMax);
  const found = items.filter((key) => key.id === wanted || key.prefix === wanted);
  const [key] = found;
  // The API says what it says of an id that it does not know.
  const target = found.length === 1 && key !== undefined ? key : undefined;
  const isOwn = target !== undefined && isKeyInUse(target, context);
  await requireYes(context, `Revoke ${target?.name ?? wanted}${isOwn ? ", the key that this command uses" : ""}?`);
  await api.apiKeys.revoke(target?.id ?? wanted, { signal });
  if (json) terminal.document({ id: target?.id ?? wanted, name: target?.name, revoked: true });
  else terminal.note(`revoked ${target?.name ?? wanted}`);
  return "ok";
}

function isKeyInUse({ prefix }: ApiKeyView, { connection }: Context): boolean {
  return connection().apiKey?.startsWith(prefix) === true;
}

export const keys: readonly Command[] = [list, create, revoke];
