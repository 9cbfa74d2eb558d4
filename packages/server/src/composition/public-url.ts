import type { Config } from "../config.ts";

/** Where recipients reach this server, without a slash at its end. */
export function publicUrlOf({ optOut, api }: Pick<Config, "optOut" | "api">): string {
  return (optOut.publicUrl ?? `http://localhost:${api.port}`).replace(/\/+$/, "");
}

/** Where providers report about an integration; undefined where nobody outside can reach this server. */
export function feedbackUrlOf(
  config: Pick<Config, "optOut" | "api">,
  environment: string,
  integration: string,
): string | undefined {
  if (config.optOut.publicUrl === undefined) return undefined;
  return `${publicUrlOf(config)}/v1/feedback/${integration}?environment=${encodeURIComponent(environment)}`;
}
