import { Tidings } from "@tidings/client";
import type { Connection } from "./connection.ts";
import { Failure } from "./failure.ts";
import type { Input } from "./input.ts";

export type Api = Tidings;

const timeoutSeconds = 30;
const timeoutRange = [0.001, 3600] as const;

export function openApi({ url, apiKey }: Connection, input: Input): Api {
  const timeoutMs = Math.ceil((input.number("timeout", timeoutRange) ?? timeoutSeconds) * 1000);
  if (apiKey === undefined) {
    throw new Failure("usage", `no API key for ${url}`, {
      hint: "Set TIDINGS_API_KEY, name an environment with --profile, or run tidings start in this folder",
    });
  }
  return new Tidings({ apiKey, baseUrl: url, timeoutMs, callTimeoutMs: timeoutMs });
}
