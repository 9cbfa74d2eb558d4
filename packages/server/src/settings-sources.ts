import { parse as parseYaml } from "yaml";
import { z } from "zod";

export interface SettingFault {
  /** Name of the setting. */
  name: string;
  message: string;
}

/** A setting as it was written, and where. */
export interface GivenSetting {
  value: string;
  source: "environment" | "file";
}

/** Settings of the test suite, which servers that it starts inherit. */
const foreignPrefix = "TIDINGS_TEST_";

/** Settings of `tidings`, the command, which starts servers with the environment that it has itself. */
const foreignNames: ReadonlySet<string> = new Set(["TIDINGS_URL", "TIDINGS_ENVIRONMENT"]);

const fileSetting = "TIDINGS_CONFIG_FILE";

/** What is set by the environment, else by the file that TIDINGS_CONFIG_FILE names. An empty value counts as not set. */
export function givenSettings(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): { given: ReadonlyMap<string, GivenSetting>; faults: SettingFault[] } {
  const faults: SettingFault[] = [];
  const given = new Map<string, GivenSetting>();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value !== "" && isOurs(name)) given.set(name, { value, source: "environment" });
  }
  const path = given.get(fileSetting)?.value;
  if (path !== undefined) {
    for (const [name, value] of readSettingsFile(path, readFile, faults)) {
      if (!given.has(name)) given.set(name, { value, source: "file" });
    }
  }
  return { given, faults };
}

function isOurs(name: string): boolean {
  return name.startsWith("TIDINGS_") && !name.startsWith(foreignPrefix) && !foreignNames.has(name);
}

const fileSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]),
);

function readSettingsFile(
  path: string,
  readFile: (path: string) => string,
  faults: SettingFault[],
): [string, string][] {
  try {
    // JSON is a subset of YAML 1.2.
    const parsed = fileSchema.safeParse(parseYaml(readFile(path)) ?? {});
    if (parsed.success) {
      if (Object.hasOwn(parsed.data, fileSetting))
        faults.push({ name: fileSetting, message: "cannot be set in the file that it names" });
      return Object.entries(parsed.data).map(([key, value]) => [key, String(value)]);
    }
    for (const issue of parsed.error.issues) {
      faults.push({
        name: fileSetting,
        message: `${path}: ${issue.path.join(".") || "the file"} must be a text, a number, true, false or a list`,
      });
    }
  } catch (error) {
    faults.push({
      name: fileSetting,
      message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  return [];
}
