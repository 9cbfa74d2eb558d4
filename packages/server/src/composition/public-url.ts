import type { Config } from "../config.ts";

/** Where recipients reach this server, without a slash at its end. */
export function publicUrlOf({ optOut, api }: Pick<Config, "optOut" | "api">): string {
  return (optOut.publicUrl ?? `http://localhost:${api.port}`).replace(/\/+$/, "");
}
