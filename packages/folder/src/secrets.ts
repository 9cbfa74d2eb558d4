import { z } from "zod";

const referenceSchema = z.strictObject({ fromEnv: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) });
const secretsSchema = z.looseObject({ secrets: z.record(z.string(), z.unknown()) });

/**
 * The body of an integration with its secrets in place of their names. A secret that is written out is refused: the
 * folder lies in a repository.
 */
export function withSecrets(
  body: unknown,
  secretOf: (name: string) => string | undefined,
  report: (path: string[], message: string) => void,
): unknown {
  const parsed = secretsSchema.safeParse(body);
  // Whatever else is wrong with it, the contract's schema tells better.
  if (!parsed.success) return body;
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed.data.secrets)) {
    const reference = referenceSchema.safeParse(value);
    if (!reference.success) {
      report(["secrets", name], "must name an environment variable, as in { fromEnv: SMTP_PASSWORD }");
      continue;
    }
    const secret = secretOf(reference.data.fromEnv);
    if (secret === undefined || secret === "") report(["secrets", name], `${reference.data.fromEnv} is not set`);
    else secrets[name] = secret;
  }
  return { ...parsed.data, secrets };
}
