import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { Failure } from "../failure.ts";

const execute = promisify(execFile);
const timeoutMs = 20_000;
const outputBytesMax = 4 * 1024 * 1024;

const settingSchema = z.object({
  section: z.string(),
  name: z.string(),
  unit: z.string(),
  default: z.string(),
  limit: z.string(),
  secret: z.boolean(),
  description: z.string(),
  value: z.string(),
  source: z.enum(["environment", "file", "default"]),
});
export type ServerSetting = z.infer<typeof settingSchema>;

const reportSchema = z.object({
  settings: z.array(settingSchema),
  faults: z.array(z.object({ name: z.string(), message: z.string() })),
});
export type SettingsReport = z.infer<typeof reportSchema>;

/** What the server would run with here. The server itself says so: nobody else knows its settings. */
export async function readServerSettings(
  main: string,
  surroundings: { env: Readonly<Record<string, string | undefined>>; cwd: string; signal: AbortSignal },
): Promise<SettingsReport> {
  try {
    const { stdout } = await execute(process.execPath, [main, "--describe-settings"], {
      ...surroundings,
      env: { ...surroundings.env },
      timeout: timeoutMs,
      maxBuffer: outputBytesMax,
    });
    return reportSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new Failure("fault", "the server does not tell its settings", {
      hint: "Is it of another version? npm run build",
      cause,
    });
  }
}

/** Value of a setting that the server surely has. */
export function settingValue({ settings }: SettingsReport, name: string): string {
  return settings.find((setting) => setting.name === name)?.value ?? "";
}
