import { relative } from "node:path";
import { listFolder, textOf } from "@tidings/folder/list-files";
import { pull as pulledFiles } from "@tidings/folder/pull";
import { kindsInOrder, listAll } from "@tidings/folder/remote";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { folderLimits } from "../folder-limits.ts";
import { folderArgument, folderOf, readDocuments } from "../notifications.ts";
import { openRemote } from "../remote.ts";
import { requireYes } from "../require-yes.ts";
import { writeInside } from "../write-inside.ts";

export const pull: Command = {
  name: "pull",
  summary: "Bring the notifications folder to what an environment says",
  description: [
    "Writes what differs, so that a push right afterwards changes nothing. Comments and order of what is there stay where they can; secrets are named by a variable each, never written; workflows in TypeScript are left alone and told.",
  ],
  arguments: [folderArgument],
  options: [
    { name: "check", summary: "Write nothing; end with 1 where a file would change" },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings pull", says: "What was changed on the server, back into the repository" },
    { line: "tidings pull ./copy --profile production --yes", says: "A folder of what production has" },
  ],
  json: '`{"environment", "applied", "files": [{"path", "change"}], "kept": [{"file", "kind", "key"}]}`; a change is written or removed.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const root = folderOf(context, input.arguments[0]);
  const isCheck = input.flag("check");
  const remote = await openRemote(context.api(), terminal, signal);
  const { environment } = remote;
  const theirs = await listAll(remote, kindsInOrder);
  const { files, kept } = pulledFiles(theirs, { environment, ...(await presentIn(context, root, environment)) });
  const changes = [...files].map(([path, content]) => ({ path, change: content === null ? "removed" : "written" }));
  const differs = changes.length > 0;
  if (!json) {
    for (const { path, change } of changes) terminal.out(`${change === "removed" ? "-" : "~"} ${path}`);
    for (const { file, kind, key } of kept)
      terminal.note(`${file} is yours to change: ${kind} ${key} differs on the server`);
  }
  if (differs && !isCheck) {
    await requireYes(context, `Write this into ${relative(context.cwd, root) || "."}?`);
    for (const [path, content] of files) await writeInside(root, path, content);
  }
  if (json) terminal.document({ environment, applied: differs && !isCheck, files: changes, kept });
  else if (!differs) terminal.note(`the folder is what ${environment} says`);
  return differs && isCheck ? "difference" : "ok";
}

/** Texts and documents of the folder; where it has faults only its texts, so that a pull can mend it. */
async function presentIn(context: Context, root: string, environment: string) {
  const { files } = await listFolder(root, folderLimits);
  const existing = new Map<string, string>();
  for (const file of files) {
    const text = textOf(file, []);
    if (text !== undefined) existing.set(file.path, text);
  }
  try {
    const { documents } = await readDocuments(context, root, { environment, secrets: false, outcome: "usage" });
    return { existing, documents };
  } catch (error) {
    if (error instanceof Failure) return { existing };
    throw error;
  }
}
