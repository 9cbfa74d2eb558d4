import { createHash, createHmac } from "node:crypto";

/*
 * Signature Version 4 of AWS (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), in headers,
 * as all services but S3 take it: the path is encoded once more than it is sent. Pure: the same request at the same second
 * has the same signature.
 */

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of credentials that end, such as those of a role. */
  sessionToken?: string | undefined;
}

export interface AwsRequest {
  method: string;
  /** As it is sent. A space in its query stands as `%20`: AWS reads a plus sign in two ways. */
  url: string;
  /** In any case; `host` is added, and the connection's own headers are not signed. */
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer | undefined;
}

const algorithm = "AWS4-HMAC-SHA256";

/** Headers that proxies and clients change, which AWS's own clients leave out too. */
const unsigned: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "expect",
  "from",
  "keep-alive",
  "max-forwards",
  "pragma",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-amzn-trace-id",
]);

/** Signs the requests of one account to one service in one region. */
export class AwsSigner {
  readonly #credentials: AwsCredentials;
  readonly #region: string;
  readonly #service: string;
  /** Derived anew each day: four HMACs for each request would cost more than the rest of it. */
  #key: { day: string; bytes: Buffer } | undefined;

  constructor(credentials: AwsCredentials, region: string, service: string) {
    this.#credentials = credentials;
    this.#region = region;
    this.#service = service;
  }

  /** All headers to send it with: its own, the time, the session's token and the signature. `nowMs` is the time of the call. */
  sign(request: AwsRequest, nowMs: number): Record<string, string> {
    const { accessKeyId, sessionToken } = this.#credentials;
    const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
    const day = time.slice(0, 8);
    const headers: Record<string, string> = {
      ...request.headers,
      "x-amz-date": time,
      ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
    };
    const { names, text } = canonicalRequest(request, headers);
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const signature = hmac(this.#keyOf(day), `${algorithm}\n${time}\n${scope}\n${sha256(text)}`).toString("hex");
    const credential = `Credential=${accessKeyId}/${scope}`;
    return { ...headers, authorization: `${algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}` };
  }

  #keyOf(day: string): Buffer {
    if (this.#key?.day !== day) {
      const secret = Buffer.from(`AWS4${this.#credentials.secretAccessKey}`);
      const bytes = [day, this.#region, this.#service, "aws4_request"].reduce(hmac, secret);
      this.#key = { day, bytes };
    }
    return this.#key.bytes;
  }
}

function canonicalRequest(
  { method, url, body }: AwsRequest,
  headers: Readonly<Record<string, string>>,
): { names: string; text: string } {
  const { host, pathname, search } = new URL(url);
  const signed = [["host", host] as const, ...Object.entries(headers).map(lowered)]
    .filter(([name]) => !unsigned.has(name) && !/^(?:proxy|sec)-/.test(name))
    .sort(byCodeUnits);
  const lines = signed.map(([name, value]) => `${name}:${value.replaceAll(/\s+/g, " ").trim()}\n`).join("");
  const names = signed.map(([name]) => name).join(";");
  const text = [method, canonicalPath(pathname), canonicalQuery(search), lines, names, sha256(body ?? "")].join("\n");
  return { names, text };
}

const lowered = ([name, value]: [string, string]) => [name.toLowerCase(), value] as const;

/** Without empty segments; `URL` has taken dots out. */
function canonicalPath(pathname: string): string {
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const end = segments.length > 0 && pathname.endsWith("/") ? "/" : "";
  return `/${segments.map(encoded).join("/")}${end}`;
}

function canonicalQuery(search: string): string {
  const pairs = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encoded(decodeURIComponent(name)), encoded(decodeURIComponent(value))] as const;
    });
  return pairs
    .sort(byCodeUnits)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function byCodeUnits([left, leftValue]: readonly [string, string], [right, rightValue]: readonly [string, string]) {
  if (left !== right) return left < right ? -1 : 1;
  return leftValue < rightValue ? -1 : leftValue > rightValue ? 1 : 0;
}

/** RFC 3986 §2.3: all but unreserved characters, where `encodeURIComponent` leaves five more. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
