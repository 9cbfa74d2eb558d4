import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { faultsOf } from "@tidings/contract/faults";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { Failure } from "./failure.ts";
import { didYouMean } from "./nearest.ts";

/** Names of the file, in order. */
const names = ["tidings.yaml", "tidings.yml", ".tidings"] as const;
const bytesMax = 64 * 1024;

const environmentSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  apiKey: z
    .strictObject({ fromEnv: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "must be a variable's name" }) })
    .optional(),
});

const fileSchema = z.strictObject({
  default: z.string().optional(),
  environments: z.record(z.string().regex(/^[\w.-]{1,100}$/), environmentSchema),
});

export interface Profile {
  name: string;
  url: string;
  /** Name of the variable that holds the key. */
  keyVariable: string | undefined;
  /** The file that it stands in. */
  file: string;
}

/**
 * Named environments of an application, as `tidings.yaml` has them, in the folder or the nearest one above it. Gives the
 * one of that name, else the file's default; undefined where there is no file and nobody asked for a name.
 */
export function readProfile(cwd: string, name: string | undefined): Profile | undefined {
  const found = findFile(cwd);
  if (found === undefined) {
    if (name === undefined) return undefined;
    throw new Failure("usage", `there is no tidings.yaml that could name ${name}`, {
      hint: `Write one: environments: { ${name}: { url: https://…, apiKey: { fromEnv: TIDINGS_API_KEY } } }`,
    });
  }
  const { default: initial, environments } = parseFile(found);
  const wanted = name ?? initial;
  if (wanted === undefined) return undefined;
  const environment = Object.hasOwn(environments, wanted) ? environments[wanted] : undefined;
  if (environment === undefined) {
    const known = Object.keys(environments);
    const hint = didYouMean(wanted, known) ?? `It has: ${known.join(", ") || "none"}`;
    throw new Failure("usage", `${found.path} has no environment ${JSON.stringify(wanted)}`, { hint });
  }
  return { name: wanted, url: environment.url, keyVariable: environment.apiKey?.fromEnv, file: found.path };
}

interface FoundFile {
  path: string;
  text: string;
}

function findFile(cwd: string): FoundFile | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of names) {
      const text = readOrNothing(join(folder, name));
      if (text !== undefined) return { path: join(folder, name), text };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
    // `.tidings` may be a folder of somebody else's.
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR" || code === "EACCES") return undefined;
    throw new Failure("usage", `${path} cannot be read: ${String(code)}`);
  }
}

function parseFile({ path, text }: FoundFile): z.infer<typeof fileSchema> {
  if (text.length > bytesMax) throw new Failure("usage", `${path} has more than ${bytesMax} characters`);
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Failure("usage", `${path} is not YAML: ${first}`);
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Failure("usage", `${path} has faults`, {
    places: faultsOf(parsed.error).map((fault) => ({ at: fault.path, message: fault.message })),
    hint: "Keys are named, never written: apiKey: { fromEnv: TIDINGS_API_KEY }",
  });
}
