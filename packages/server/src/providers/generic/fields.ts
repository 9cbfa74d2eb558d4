import { z } from "zod";

/** Path into JSON, such as `results.0.id`; empty for the whole. */
export const jsonPath = z.string().max(200);

/** Names that belong to HTTP itself, and are set by it. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "expect"],
  ...["traceparent", "tracestate"],
]);

/** In lower case. */
export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { error: "must be the name of a header" })
  .transform((name) => name.toLowerCase())
  .refine((name) => !ownHeaders.has(name), { error: "is set by HTTP itself" });
