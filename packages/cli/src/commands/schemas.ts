import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editorSchemas } from "@tidings/folder/editor-schemas";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { folderArgument, folderOf, requireFolder } from "../notifications.ts";

export const schemas: Command = {
  name: "schemas",
  summary: "Write JSON Schemas of the notifications folder for editors",
  description: [
    "They lie in <folder>/schemas. A YAML file names its own in its first line, for editors with a YAML language server: # yaml-language-server: $schema=../schemas/workflow.json",
  ],
  arguments: [folderArgument],
  options: [{ name: "check", summary: "Write nothing; end with 1 where one would change" }],
  examples: [{ line: "tidings schemas", says: "After an update of Tidings, so that the editor knows what is new" }],
  json: '`{"folder", "applied", "files": [{"path", "change"}]}`; a change is written or unchanged.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json } = context;
  const root = folderOf(context, input.arguments[0]);
  requireFolder(root);
  const isCheck = input.flag("check");
  const folder = join(root, "schemas");
  const files: { path: string; change: "written" | "unchanged" }[] = [];
  for (const [name, schema] of editorSchemas()) {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    const path = join(folder, name);
    const isSame = (await readOrNothing(path)) === text;
    files.push({ path: name, change: isSame ? "unchanged" : "written" });
    if (isSame || isCheck) continue;
    await mkdir(folder, { recursive: true });
    await writeFile(path, text);
  }
  const changed = files.filter(({ change }) => change === "written");
  if (json) terminal.document({ folder, applied: !isCheck, files });
  else if (changed.length === 0) terminal.note(`${files.length} schemas in ${folder} are as they are to be`);
  else for (const { path } of changed) terminal.out(`${isCheck ? "differs" : "written"}  ${join(folder, path)}`);
  return isCheck && changed.length > 0 ? "difference" : "ok";
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
  } catch {
    return undefined;
  }
}
