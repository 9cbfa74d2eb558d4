import { type PushPlan, planPush } from "@tidings/folder/push";
import type { Command, Context } from "../command.ts";
import { effective, secretChanges, showChanges, showDifferences } from "../difference-view.ts";
import type { Outcome } from "../exit-codes.ts";
import { folderArgument, folderFailure, folderOf, readDocuments, requireFolder } from "../notifications.ts";
import { openRemote } from "../remote.ts";
import { requireYes } from "../require-yes.ts";

export const push: Command = {
  name: "push",
  summary: "Bring an environment to what the notifications folder says",
  description: [
    "Reads the folder, shows the difference from the environment of the API key, asks, and applies all of it in one commit or nothing. Secrets come from the variables that the folder names. What changed on the server between the difference and the answer is not written over.",
    "With --check nothing is written, and it ends with 1 where something differs or is broken: for continuous integration.",
  ],
  arguments: [folderArgument],
  options: [
    { name: "check", summary: "Write nothing; end with 1 where something differs or is broken" },
    { name: "prune", summary: "Delete what the environment has and the folder has not" },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings push", says: "The folder ./notifications into the environment of this folder's server" },
    {
      line: "tidings push --check --profile production",
      says: "What would change in production; for continuous integration",
    },
    {
      line: "tidings push deploy/notifications --prune --yes",
      says: "Another folder, deleting what it does not have, without being asked",
    },
  ],
  json: '`{"environment", "applied", "differences": [{"kind", "key", "file", "change", "version", "lines"}], "changes": [{"kind", "key", "version", "change"}], "unchecked"}`; a difference\'s change is created, changed, unchanged or extra; unchecked counts what uses a changed partial beyond the server\'s bound.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const isCheck = input.flag("check");
  const options = { prune: input.flag("prune") };
  const outcome: Outcome = isCheck ? "difference" : "usage";
  const root = folderOf(context, input.arguments[0]);
  requireFolder(root);
  // What can be told without a server is told without one.
  await readDocuments(context, root, { secrets: false, outcome });
  const remote = await openRemote(context.api(), terminal, signal);
  const { environment } = remote;
  const { documents } = await readDocuments(context, root, { environment, secrets: true, outcome });
  const plan = await planPush(documents, remote, options);
  if (plan.faults.length > 0) throw folderFailure(plan.faults, root, context.cwd, outcome);
  const differs =
    effective(plan.differences, options).length + secretChanges(plan.differences, plan.changes).length > 0;
  if (!json) showPlan(plan, options, context);
  if (differs && !isCheck) await requireYes(context, `Apply this to ${environment}?`);
  const changes = differs && !isCheck ? await remote.apply(plan.set) : plan.changes;
  const { differences, unchecked } = plan;
  if (json) terminal.document({ environment, applied: differs && !isCheck, differences, changes, unchecked });
  else if (!differs) terminal.note(`${environment} is what the folder says: ${documents.length} documents`);
  else if (!isCheck) showChanges(changes, terminal);
  return differs && isCheck ? "difference" : "ok";
}

function showPlan(plan: PushPlan, options: { prune: boolean }, { terminal }: Context): void {
  showDifferences(plan.differences, options, terminal);
  for (const { kind, key } of secretChanges(plan.differences, plan.changes)) {
    terminal.out(`${terminal.style("yellow", `~ ${kind} ${key}`)}  has other secrets`);
  }
  if (plan.unchecked > 0) {
    terminal.note(
      `documents that use a changed partial and were too many to be checked: ${plan.unchecked} (TIDINGS_PART_USERS_CHECKED_MAX)`,
    );
  }
}
