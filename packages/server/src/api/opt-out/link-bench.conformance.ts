import { type ConsentView, consentSchema } from "@tidings/contract/consents";
import { pageOf } from "@tidings/contract/pages";
import { type OptOutToken, writeOptOutToken } from "../../domain/opt-out-token.ts";
import type { Answer, ApiBench } from "../bench.conformance.ts";

/** Links of addresses of their own, opened as by somebody without a key. */
export class LinkBench {
  readonly #bench: ApiBench;
  #made = 0;

  constructor(bench: ApiBench) {
    this.#bench = bench;
  }

  link(over: Partial<OptOutToken> = {}): { addressHash: string; token: string; path: string } {
    this.#made += 1;
    const addressHash = over.addressHash ?? this.#made.toString(16).padStart(32, "0");
    const token = writeOptOutToken(this.#bench.keyring, {
      environmentId: 1,
      recipient: "user",
      channel: "email",
      addressHash,
      category: "news",
      tenant: "",
      messageId: "m",
      locale: "en",
      expiresAt: Date.now() + 1e6,
      ...over,
    });
    return { addressHash, token, path: `/u/${token}` };
  }

  open(
    path: string,
    method: "GET" | "POST" = "GET",
    headers: Record<string, string> = {},
    raw?: string,
  ): Promise<Answer> {
    return this.#bench.call(path, { key: null, method, headers, ...(raw === undefined ? {} : { raw }) });
  }

  /** Sends the page's form back, with what is chosen otherwise. */
  save(path: string, page: string, chosen: Record<string, string>): Promise<Answer> {
    const form = new URLSearchParams({ ...fieldsOf(page), ...chosen });
    return this.open(path, "POST", { "content-type": "application/x-www-form-urlencoded" }, form.toString());
  }

  async stored(addressHash: string, environmentId = 1) {
    const of = { environmentId, after: undefined, channel: "email", addressHash, limit: 10 } as const;
    return (await this.#bench.store.listSuppressions(of)).items;
  }

  async ledger(recipient: string): Promise<ConsentView[]> {
    const page = await this.#bench.call(`/v1/recipients/${recipient}/consents`);
    return pageOf(consentSchema).parse(page.json).items;
  }

  hash(channel: "email" | "sms", address: string): string {
    return this.#bench.keyring.hash(1, channel, address);
  }
}

/** What a browser sends of a form that nobody touched. */
export function fieldsOf(page: string): Record<string, string> {
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const selects = [...page.matchAll(/<select name="([^"]+)">.*?<option value="(\w+)" selected>/g)];
  return Object.fromEntries([...hidden, ...selects].map(([, name = "", value = ""]) => [name, value]));
}
