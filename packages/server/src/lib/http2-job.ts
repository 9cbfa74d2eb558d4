import type { OutgoingHttpHeaders } from "node:http2";
import type { OutboundCall } from "./outbound-call.ts";

/** A request on its way to a stream. */
export interface Http2Job {
  readonly call: OutboundCall;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer | undefined;
  /** It was turned away unprocessed once, and sent again. */
  resent: boolean;
}
