import { z } from "zod";
import { readPrivateKey } from "../../lib/private-key.ts";
import { baseUrlSchema } from "../base-url.ts";
import { parsedJson } from "../vendor-outcome.ts";

/** What is used of the JSON file that Google gives out for a service account. */
const fileSchema = z.object({
  project_id: z.string().regex(/^[a-z0-9.:-]{1,100}$/),
  client_email: z.string().min(1).max(320),
  private_key: z.string(),
  private_key_id: z.string().min(1).max(200).optional(),
  token_uri: baseUrlSchema.default("https://oauth2.googleapis.com/token"),
});
export type ServiceAccount = z.infer<typeof fileSchema>;

/** Undefined where the text is no such file, or its key is no RSA key. */
export function readServiceAccount(text: string): ServiceAccount | undefined {
  const { data } = fileSchema.safeParse(parsedJson(Buffer.from(text)));
  return data !== undefined && readPrivateKey(data.private_key)?.asymmetricKeyType === "rsa" ? data : undefined;
}
