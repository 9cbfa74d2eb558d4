import { type ConfigurationKind, configurationKinds } from "@tidings/contract/configuration";
import type { Api } from "../api.ts";
import { collect } from "../collect.ts";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { didYouMean } from "../nearest.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";

const limitDefault = 20;
const limitRange = [1, 10_000] as const;

const kindArgument = { name: "kind", summary: `What it is: ${configurationKinds.join(", ")}` } as const;
const keyArgument = { name: "key", summary: "Its key" } as const;

const list: Command = {
  name: "versions",
  summary: "List the versions of a document, newest first",
  arguments: [kindArgument, keyArgument],
  options: [{ name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) }],
  examples: [
    { line: "tidings versions template order-shipped", says: "When it changed, and which version is in force" },
  ],
  json: '`{"items": [{"version", "updatedAt", "deleted", "current", "origin"}], "more"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const documents = documentsOf(api(), kindOf(input.argument(0)));
    const limit = input.whole("limit", limitRange) ?? limitDefault;
    const versions = documents.versions(input.argument(1), { limit: Math.min(100, limit) }, { signal });
    const { items, more } = await collect(versions, limit);
    if (json) terminal.document({ items, more });
    else {
      const rows = items.map(({ version, updatedAt, current, deleted, origin }) => [
        String(version),
        updatedAt,
        deleted ? "deleted" : current ? "current" : "",
        origin ?? "",
      ]);
      for (const line of tableLines(["VERSION", "AT", "", "FROM"], rows)) terminal.out(line);
      if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
    }
    return "ok";
  },
};

const rollback: Command = {
  name: "rollback",
  summary: "Publish an earlier version of a document again, exactly as it was",
  description: [
    "It becomes a new version; the rules are checked as for any other. Runs that have begun go on with the version that they began with.",
  ],
  arguments: [kindArgument, keyArgument, { name: "version", summary: "The version that is wanted again" }],
  options: [{ name: "yes", short: "y", summary: "Do not ask" }],
  examples: [{ line: "tidings rollback template order-shipped 3", says: "As version 3 was" }],
  json: '`{"kind", "key", "version", "of"}`: the new version, and the one that it is a copy of.',
  run: runRollback,
};

async function runRollback(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const kind = kindOf(input.argument(0));
  const key = input.argument(1);
  const of = Number(input.argument(2));
  if (!Number.isInteger(of) || of < 1)
    throw usage("the version must be a whole number from 1", `tidings versions ${kind} ${key} lists them`);
  const documents = documentsOf(context.api(), kind);
  await requireYes(context, `Publish version ${of} of ${kind} ${key} again?`);
  const { version } = await documents.rollback(key, of, { signal });
  if (json) terminal.document({ kind, key, version, of });
  else terminal.out(`${kind} ${key}  version ${version}, of version ${of}`);
  return "ok";
}

/** Plurals are taken too: the API's paths have them. */
function kindOf(text: string): ConfigurationKind {
  const singular = text.replace(/ies$/, "y").replace(/s$/, "");
  const kind = configurationKinds.find((each) => each === singular);
  if (kind === undefined)
    throw usage(
      `${text} is no kind of document`,
      didYouMean(text, configurationKinds) ?? configurationKinds.join(", "),
    );
  return kind;
}

function documentsOf(api: Api, kind: ConfigurationKind) {
  const resources = {
    workflow: api.workflows,
    template: api.templates,
    layout: api.layouts,
    partial: api.partials,
    category: api.categories,
    integration: api.integrations,
    source: api.sources,
    policy: api.policies,
    segment: api.segments,
  };
  return resources[kind];
}

export const versions: readonly Command[] = [list, rollback];
