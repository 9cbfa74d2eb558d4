import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { signJwt } from "../../lib/jwt.ts";
import { readPrivateKey } from "../../lib/private-key.ts";
import type { Outcome, ProviderEnvironment, SendContext } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import type { ServiceAccount } from "./fcm-account.ts";

export type AccessResult = { status: "ok"; token: string } | { status: "failed"; outcome: Rejected };
type Rejected = Extract<Outcome, { status: "rejected" }>;

/** A token is not used in its last minutes: a request may take its time. */
const marginMs = 300_000;
/** An assertion holds for an hour at most (developers.google.com, "Using OAuth 2.0 for server to server applications"). */
const assertionSeconds = 3600;
const fetchMsMax = 10_000;
const scope = "https://www.googleapis.com/auth/firebase.messaging";

const answerSchema = z.object({
  // into a header it goes
  access_token: z.string().regex(/^[!-~]{1,8192}$/),
  expires_in: z.number().positive(),
});
const errorSchema = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) });

/** The access token of an account (RFC 7523): fetched by one call at a time for all who wait, kept until shortly before its end. */
export class FcmAccess {
  readonly #environment: Pick<ProviderEnvironment, "clock" | "http">;
  readonly #account: ServiceAccount;
  readonly #key: KeyObject;
  #current: { token: string; until: number } | undefined;
  #fetching: Promise<AccessResult> | undefined;

  constructor(account: ServiceAccount, environment: Pick<ProviderEnvironment, "clock" | "http">) {
    const key = readPrivateKey(account.private_key);
    if (key === undefined) throw new Error("the service account was not validated");
    this.#environment = environment;
    this.#account = account;
    this.#key = key;
  }

  /** At once where there is one; never rejects. What fails here has sent no message. */
  token(context: Pick<SendContext, "timeoutMs" | "trace">): AccessResult | Promise<AccessResult> {
    const { clock } = this.#environment;
    if (this.#current !== undefined && clock.now() < this.#current.until)
      return { status: "ok", token: this.#current.token };
    this.#fetching ??= this.#fetch(context).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** It was refused: the next one is fetched, unless that has happened meanwhile. */
  drop(token: string): void {
    if (this.#current?.token === token) this.#current = undefined;
  }

  async #fetch({ timeoutMs, trace }: Pick<SendContext, "timeoutMs" | "trace">): Promise<AccessResult> {
    const { clock, http } = this.#environment;
    const askedAt = clock.now();
    const assertion = this.#assertion(Math.floor(askedAt / 1000));
    const response = await http.request({
      method: "POST",
      url: this.#account.token_uri,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }).toString(),
      // with time left to say that surely nothing was sent
      timeoutMs: Math.min(timeoutMs / 2, fetchMsMax),
      trace,
    });
    if (response.status !== "response") return failed(`oauth_${response.code}`, response.detail);
    const body = parsedJson(response.body);
    const { data } = answerSchema.safeParse(body);
    if (response.statusCode !== 200 || data === undefined)
      return failed(
        `oauth_${errorSchema.safeParse(body).data?.error ?? response.statusCode}`,
        "no access token is given out",
      );
    const lastsMs = data.expires_in * 1000;
    // one that is shorter than the margin is used for half its time
    this.#current = { token: data.access_token, until: askedAt + Math.max(lastsMs - marginMs, lastsMs / 2) };
    return { status: "ok", token: data.access_token };
  }

  #assertion(iat: number): string {
    const { client_email: iss, token_uri: aud, private_key_id: kid } = this.#account;
    const claims = { iss, aud, scope, iat, exp: iat + assertionSeconds };
    return signJwt("RS256", this.#key, claims, kid === undefined ? {} : { kid });
  }
}

const failed = (code: string, detail: string): AccessResult => ({
  status: "failed",
  outcome: { status: "rejected", kind: "transient", scope: "integration", code, detail },
});
