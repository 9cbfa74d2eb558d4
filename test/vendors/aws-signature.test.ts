import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, test } from "vitest";
import { AwsSigner } from "../../packages/server/src/lib/aws-signature.ts";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";

/** Signatures of any request are those that AWS's own library makes, drawn by a seed that is printed. */

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash("sha256")
        : createHmac("sha256", typeof secret === "string" ? secret : Buffer.from(bytesOf(secret)));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const bytesOf = (given: ArrayBuffer | ArrayBufferView): Uint8Array =>
  given instanceof ArrayBuffer
    ? new Uint8Array(given)
    : new Uint8Array(given.buffer, given.byteOffset, given.byteLength);

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const characters = [..."abcXYZ019-._~ !'()*+,;=:@&$/?#%\"<>[]{}|\\^`äß漢😀"];

test(`2,000 requests have the signatures of @smithy/signature-v4 (seed ${seed})`, async () => {
  const random = new SeededRandom(seed);
  const below = (count: number): number => Math.floor(random.number() * count);
  const text = (max: number, from = characters): string =>
    Array.from({ length: below(max) }, () => from[below(from.length)] ?? "").join("");
  for (let index = 0; index < 2000; index += 1) {
    const credentials = {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: `s${text(40)}`,
      ...(below(2) === 0 ? {} : { sessionToken: `t${below(1e9)}` }),
    };
    const [region = "", service = ""] = [["eu-central-1", "us-gov-west-1"][below(2)], ["ses", "sns", "sqs"][below(3)]];
    const signingDate = new Date(1.7e12 + below(1e11));
    const path = `/${Array.from({ length: below(4) }, () => encodeURIComponent(text(6)).replace(/^\.{1,2}$/, "")).join("/")}`;
    const query: Record<string, string | string[]> = {};
    for (let at = below(4); at > 0; at -= 1) {
      const name = `k${text(3)}`;
      query[name] = below(3) === 0 ? [text(5), text(5)] : text(5);
    }
    const headers: Record<string, string> = { "Content-Type": "application/json", "User-Agent": "x" };
    if (below(2) === 0) headers[`X-${below(99)}`] = `  ${text(9, [...'ab \t,"'])} `;
    const method = ["GET", "POST", "PUT"][below(3)] ?? "GET";
    const body = method === "GET" ? undefined : below(2) === 0 ? text(50) : Buffer.from(text(50));
    const port = below(2) === 0 ? "" : ":8443";
    const host = `${service}.${region}.amazonaws.com${port}`;

    const signed = await new SignatureV4({
      credentials: { ...credentials },
      region,
      service,
      sha256: Sha256,
      applyChecksum: false,
    }).sign(
      {
        method,
        protocol: "https:",
        hostname: host,
        path,
        query,
        headers: { host, ...headers },
        ...(body === undefined ? {} : { body }),
      },
      { signingDate },
    );
    const search = Object.entries(query)
      .flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`))
      .join("&");
    const url = `https://${host}${path}${search === "" ? "" : `?${search}`}`;
    const ours = new AwsSigner(credentials, region, service).sign(
      { method, url, headers, body },
      signingDate.getTime(),
    );
    expect(ours["authorization"], `${index}: ${method} ${url}`).toBe(signed.headers["authorization"]);
    expect(ours["x-amz-date"]).toBe(signed.headers["x-amz-date"]);
    expect(ours["x-amz-security-token"]).toBe(signed.headers["x-amz-security-token"]);
  }
});
