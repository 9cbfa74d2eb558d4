import { promote as applyPromotion, type PromotedDocument, planPromotion } from "@tidings/folder/promote";
import { openApi } from "../api.ts";
import type { Command, Context } from "../command.ts";
import { resolveConnection } from "../connection.ts";
import { effective, showDifferences } from "../difference-view.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { openRemote } from "../remote.ts";
import { requireYes } from "../require-yes.ts";

export const promote: Command = {
  name: "promote",
  summary: "Bring one environment to what another has, document by document, exactly",
  description: [
    "Both are profiles of tidings.yaml. Shows the difference, asks, and applies all in one commit or nothing. Each new version says of which version it is a copy. Tenants stay where they are; integrations too, unless asked for: their secrets never leave an environment.",
  ],
  options: [
    { name: "from", value: "<profile>", summary: "Environment that has what is wanted" },
    { name: "to", value: "<profile>", summary: "Environment that gets it" },
    { name: "integrations", summary: "Integrations and sources too, without their secrets" },
    { name: "prune", summary: "Delete what the second has and the first has not" },
    { name: "check", summary: "Write nothing; end with 1 where they differ" },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings promote --from staging --to production", says: "What was tried on staging, to production" },
    { line: "tidings promote --from staging --to production --check", says: "Whether production has what staging has" },
  ],
  json: '`{"from", "to", "applied", "differences": […], "changes": [{"kind", "key", "version", "change", "sourceVersion", "equal"}]}`; equal says that both have the same document now.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json } = context;
  const isCheck = input.flag("check");
  const options = { prune: input.flag("prune"), integrations: input.flag("integrations") };
  const from = await remoteOf(context, "from");
  const to = await remoteOf(context, "to");
  if (from.url === to.url && from.remote.environment === to.remote.environment)
    throw usage(
      `both are ${from.remote.environment} at ${from.url}`,
      "Each profile needs a key of its own environment",
    );
  const plan = await planPromotion(from.remote, to.remote, options);
  if (plan.faults.length > 0) {
    throw new Failure(isCheck ? "difference" : "refused", `${to.remote.environment} would refuse it`, {
      places: plan.faults.map(({ kind, key, path, message }) => ({
        at: `${kind} ${key}`,
        message: path === "" ? message : `${path} ${message}`,
      })),
    });
  }
  const differs = effective(plan.differences, options).length > 0;
  if (!json) showDifferences(plan.differences, options, terminal);
  let changes: PromotedDocument[] = [];
  if (differs && !isCheck) {
    await requireYes(context, `Apply this to ${to.remote.environment} at ${to.url}?`);
    changes = await applyPromotion(from.remote, to.remote, plan);
  }
  const names = { from: from.remote.environment, to: to.remote.environment };
  if (json) terminal.document({ ...names, applied: differs && !isCheck, differences: plan.differences, changes });
  else if (!differs) terminal.note(`${names.to} has what ${names.from} has`);
  else showPromoted(changes, context);
  return (differs && isCheck) || changes.some(({ equal }) => !equal) ? "difference" : "ok";
}

async function remoteOf({ input, env, cwd, terminal, signal }: Context, option: "from" | "to") {
  const profile = input.text(option);
  if (profile === undefined)
    throw usage(`promote needs --${option} <profile>`, "Profiles are the environments of tidings.yaml");
  const connection = resolveConnection({ env, cwd }, { profile });
  return { url: connection.url, remote: await openRemote(openApi(connection, input), terminal, signal) };
}

function showPromoted(changes: readonly PromotedDocument[], { terminal }: Context): void {
  for (const { kind, key, version, change, sourceVersion, equal } of changes) {
    if (change === "unchanged") continue;
    const state = equal ? "" : terminal.style("red", "  changed meanwhile");
    terminal.out(`${kind} ${key}  version ${version}, of version ${sourceVersion}${state}`);
  }
}
