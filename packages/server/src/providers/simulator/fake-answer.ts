import type { ServerResponse } from "node:http";
import type { Outcome } from "../../ports/provider.ts";

interface HookAnswer {
  status: number;
  headers?: Record<string, string>;
}

/** The HTTP answer of a webhook receiver that means this outcome. */
export function hookStatusOf(outcome: Outcome | undefined): HookAnswer {
  if (outcome?.status !== "rejected") return { status: 200 };
  if (outcome.retryAfterMs !== undefined)
    return { status: 429, headers: { "retry-after": String(Math.ceil(outcome.retryAfterMs / 1000)) } };
  if (outcome.kind === "transient") return { status: 503 };
  return { status: outcome.suppress === true ? 410 : 400 };
}

/** Sends a whole answer of JSON at once. */
export function answer(response: ServerResponse, status: number, body: string, headers?: Record<string, string>): void {
  response.sendDate = false;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
