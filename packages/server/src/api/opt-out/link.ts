import type { FastifyReply, FastifyRequest } from "fastify";
import { type OptOutToken, readOptOutToken } from "../../domain/opt-out-token.ts";
import type { ClaimSigner } from "../../domain/signed-claims.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { RateLimit } from "../rate-limit.ts";
import { parameter } from "../validation.ts";
import { type Brand, brandOf } from "./brand.ts";
import { sendPage } from "./page.ts";
import { type OptOutTexts, textsFor } from "./texts.ts";

/** What each kind of link says beside its own. */
interface LinkToken {
  environmentId: number;
  tenant: string;
  locale: string;
}

export interface OpenedLink<Token extends LinkToken = OptOutToken> {
  token: Token;
  language: string;
  texts: OptOutTexts;
  brand: Brand;
}

/** `expired` for one that was ours; undefined for what is none. */
export type LinkReader<Token> = (signer: ClaimSigner, text: string, now: number) => Token | "expired" | undefined;

type LinkDependencies = Pick<ApiDependencies, "keyring" | "clock" | "store">;

/** What a link opens; undefined where it was answered already, as it opens nothing: in words, and nothing else is done. */
export async function openLink<Token extends LinkToken>(
  request: FastifyRequest,
  reply: FastifyReply,
  rate: RateLimit,
  { keyring, clock, store }: LinkDependencies,
  read: LinkReader<Token>,
): Promise<OpenedLink<Token> | undefined> {
  const text = parameter(request, "token");
  const found = read(keyring, text, clock.now());
  const token = typeof found === "object" ? found : undefined;
  const { language, texts } = textsFor(token?.locale ?? "", request.headers["accept-language"]);
  const refuse = (status: number, why: string): undefined => {
    const main = `<h1>${texts.unavailable}</h1>\n<p>${why}</p>`;
    sendPage(reply, status, { language, title: texts.unavailable, brand: undefined, main });
    return undefined;
  };
  if (token === undefined) return found === "expired" ? refuse(410, texts.expired) : refuse(404, texts.broken);
  if (rate.take(text) < 0) {
    reply.header("retry-after", "1");
    return refuse(429, texts.tooMany);
  }
  return { token, language, texts, brand: await brandOf(store, token.environmentId, token.tenant) };
}

export const optOutLink: LinkReader<OptOutToken> = readOptOutToken;
