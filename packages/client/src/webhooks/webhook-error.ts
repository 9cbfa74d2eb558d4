import { TidingsError } from "../errors.ts";

/** Why a call was refused. */
export type WebhookFault =
  | "header_missing"
  | "header_malformed"
  /** Too far from this machine's clock: an old call that somebody repeats, or a clock that is wrong. */
  | "timestamp_too_old"
  | "timestamp_too_new"
  /** Of another secret, another body or another time; or there is none that this library knows. */
  | "signature_wrong"
  /** What was given as secret, body or tolerance cannot be used: a fault of the caller's. */
  | "argument_malformed"
  /** It is of the server, and no event that this version can read: answer it with 2xx. */
  | "event_unknown";

/** What `verifyWebhook` rejects with. Its message holds nothing of secrets, signatures or the body. */
export class TidingsWebhookError extends TidingsError {
  override name = "TidingsWebhookError";
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super("verifyWebhook", message);
    this.code = code;
  }
}
