import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readFolder } from "@tidings/folder/read-folder";
import type { Context } from "../command.ts";
import { folderLimits } from "../folder-limits.ts";
import { type Check, failed, ok, skipped } from "./check.ts";
import { type SettingsReport, settingValue } from "./server-settings.ts";

const name = "Notifications folder";

/** The folder that an empty store starts with, and that push sends; the secrets that it names have to be set here. */
export async function checkFolder(report: SettingsReport | undefined, { env, cwd }: Context): Promise<Check> {
  const setting = report === undefined ? "./notifications" : settingValue(report, "TIDINGS_NOTIFICATIONS_DIR");
  const root = resolve(cwd, setting);
  if (!existsSync(root)) return skipped(name, `there is none at ${root}`);
  const read = await readFolder(root, { limits: folderLimits, secretOf: (variable) => env[variable] });
  if (!("faults" in read)) return ok(name, `${root}: ${read.documents.length} documents`);
  const [first] = read.faults;
  const where = first === undefined ? "" : `${first.file}:${first.line} ${first.path} ${first.message}`;
  const more = read.faults.length > 1 ? `, and ${read.faults.length - 1} more` : "";
  return failed(name, `${where}${more}`, `tidings push ${setting} --check lists them`);
}
