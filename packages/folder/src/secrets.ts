import { z } from "zod";

const referenceSchema = z.strictObject({ fromEnv: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) });
const secretsSchema = z.looseObject({ secrets: z.record(z.string(), z.unknown()) });

/**
 * The body of an integration or a source with its secrets in place of their names, or without them where none are looked up. A secret
 * that is written out is refused: the folder lies in a repository.
 */
export function withSecrets(
  body: unknown,
  secretOf: ((name: string) => string | undefined) | undefined,
  report: (path: string[], message: string, hint?: string) => void,
): { body: unknown; secretNames?: string[] } {
  const parsed = secretsSchema.safeParse(body);
  // Whatever else is wrong with it, the contract's schema tells better.
  if (!parsed.success) return { body };
  const { secrets: named, ...rest } = parsed.data;
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(named)) {
    const reference = referenceSchema.safeParse(value);
    if (!reference.success) {
      report(["secrets", name], "must name an environment variable", "write { fromEnv: SMTP_PASSWORD }");
      continue;
    }
    const variable = reference.data.fromEnv;
    const secret = secretOf?.(variable);
    if (secret !== undefined && secret !== "") secrets[name] = secret;
    else if (secretOf !== undefined) report(["secrets", name], `needs the variable ${variable}, which is not set`);
  }
  const secretNames = Object.keys(named).sort();
  return { body: secretOf === undefined ? rest : { ...rest, secrets }, secretNames };
}
