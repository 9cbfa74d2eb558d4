import { ruleOfRefusal, ruleOfStatus } from "../../../domain/http-status.ts";
import type { WebhookAnswer } from "../../../domain/webhook.ts";
import { retryAfterMs } from "../../../lib/retry-after.ts";
import { parseSecrets, sign } from "../../../lib/standard-webhooks.ts";
import type { OutboundHttp } from "../../../ports/provider.ts";
import type { RequestTrace } from "../../../ports/tracer.ts";

export interface Post {
  /** The `webhook-id`. */
  id: string;
  url: string;
  secrets: readonly string[];
  body: string;
  timeoutMs: number;
  trace: RequestTrace | undefined;
}

/** One call by Standard Webhooks 1.0.0: 2xx takes it, a redirect does not, 410 asks for no more. */
export async function callEndpoint(http: OutboundHttp, post: Post, now: () => number): Promise<WebhookAnswer> {
  const keys = parseSecrets(post.secrets.join(" "));
  if (keys === undefined) throw new TypeError("a secret is none of Standard Webhooks");
  const timestamp = Math.floor(now() / 1000);
  const response = await http.request({
    method: "POST",
    url: post.url,
    headers: {
      "content-type": "application/json",
      "user-agent": "Tidings",
      "webhook-id": post.id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": sign(keys, post.id, timestamp, post.body),
    },
    body: post.body,
    timeoutMs: post.timeoutMs,
    trace: post.trace,
  });
  const failed = (code: string): WebhookAnswer => ({ status: "failed", statusCode: null, code, retryAfterMs: 0 });
  if (response.status === "refused") return failed(ruleOfRefusal(response.code).code);
  if (response.status === "unknown") return failed(response.code);
  const { statusCode, headers } = response;
  const rule = ruleOfStatus(statusCode);
  if (rule?.kind === "taken") return { status: "taken", statusCode };
  const code = String(statusCode);
  if (rule?.gone === true) return { status: "gone", statusCode, code };
  return { status: "failed", statusCode, code, retryAfterMs: retryAfterMs(headers["retry-after"], now()) ?? 0 };
}
