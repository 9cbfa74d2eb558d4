import { errors } from "undici";

/** Why nothing was sent. */
export type RefusedCode =
  | "private_address"
  | "dns_failed"
  | "bad_url"
  | "bad_request"
  | "connect_refused"
  | "connect_timeout"
  | "connect_failed"
  | "tls_failed"
  | "not_http2"
  | "stream_refused"
  | "too_busy"
  | "timeout_before_send"
  | "aborted_before_send"
  | "closed";

/** Why it is open what the other side did. */
export type UnknownCode =
  | "timeout"
  | "aborted"
  | "reset"
  | "stream_error"
  | "body_too_large"
  | "headers_too_large"
  | "malformed_answer";

/** Texts hold no host, address or header: outcomes are logged. */
export const faultDetails: Record<RefusedCode | UnknownCode, string> = {
  private_address: "the host has an address that is not public",
  dns_failed: "the host could not be resolved",
  bad_url: "the URL must be http or https, without user name and password",
  bad_request: "the method, a header or the path is not valid HTTP",
  connect_refused: "the connection was refused",
  connect_timeout: "no connection in time",
  connect_failed: "the connection failed",
  tls_failed: "the TLS handshake or the certificate failed",
  not_http2: "the other side does not speak HTTP/2",
  stream_refused: "the other side turned the request away unprocessed",
  too_busy: "too many requests are waiting, or too many hosts are in use",
  timeout_before_send: "the time was over before the request was sent",
  aborted_before_send: "aborted before the request was sent",
  closed: "the client is closed",
  timeout: "no complete answer in time",
  aborted: "aborted after the request was sent",
  reset: "the connection was lost after the request was sent",
  stream_error: "the other side broke the request off",
  body_too_large: "the answer's body is larger than the limit",
  headers_too_large: "the answer's headers are larger than the limit",
  malformed_answer: "the answer is not valid HTTP",
};

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";

/** What Node and OpenSSL call a failed handshake or certificate. */
const tlsFailure =
  /^(EPROTO$|ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Matched in order against the `code` of what undici, net, tls and the guard report before the request is written. */
const refusals: readonly (readonly [RegExp, RefusedCode])[] = [
  [/^private_address$/, "private_address"],
  [/^(dns_failed|ENOTFOUND|EAI_)/, "dns_failed"],
  [
    /^(UND_ERR_INVALID_ARG|ERR_INVALID|ERR_HTTP_INVALID|ERR_HTTP2_(INVALID_(CONN|HEADER|PSEUDO)|HEADER|PSEUDO))/,
    "bad_request",
  ],
  [/^ECONNREFUSED$/, "connect_refused"],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, "connect_timeout"],
  [/^UND_ERR_(CLOSED|DESTROYED)$/, "closed"],
  // a peer that speaks HTTP/1.1 answers our preface with something else
  [/^(not_http2|ERR_HTTP2_ERROR|ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)$/, "not_http2"],
  [tlsFailure, "tls_failed"],
];

/** The same for what happens once the request is on its way. */
const unknowns: readonly (readonly [RegExp, UnknownCode])[] = [
  [/^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/, "headers_too_large"],
  [/^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, "body_too_large"],
  [/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, "timeout"],
  [/^HPE_(CLOSED_CONNECTION|INVALID_EOF_STATE)$/, "reset"],
  [/^HPE_/, "malformed_answer"],
];

const firstMatch = <Code>(table: readonly (readonly [RegExp, Code])[], code: string): Code | undefined =>
  table.find(([pattern]) => pattern.test(code))?.[1];

export const refusedCodeOf = (error: unknown): RefusedCode => {
  // happy eyeballs reports its attempts together; the last one says what the host does
  const cause = error instanceof AggregateError ? error.errors.at(-1) : error;
  return firstMatch(refusals, codeOf(cause)) ?? "connect_failed";
};

export const unknownCodeOf = (error: unknown): UnknownCode =>
  firstMatch(unknowns, codeOf(error)) ?? (error instanceof errors.HTTPParserError ? "malformed_answer" : "reset");
