import { categoryBodySchema } from "@tidings/contract/categories";
import { escapeHtml } from "../../domain/escape-html.ts";
import { filledText } from "../../domain/filled-text.ts";
import type { OptOutToken } from "../../domain/opt-out-token.ts";
import type { Choices } from "../../domain/policy/choices.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { OpenedLink } from "./link.ts";
import type { OptOutPage } from "./page.ts";
import { type LinkWord, type Speaker, sayByLink } from "./said-by-link.ts";

/** As suppressions and the ledger say why: a click of a mail client, or on the page. */
const source = "one_click";

type UnsubscribeDependencies = Pick<
  ApiDependencies,
  "store" | "configuration" | "clock" | "keyring" | "ids" | "ingest"
>;

/**
 * Ends what the message's category sends to its address, and records that its recipient has withdrawn their consent to it on
 * that channel. Done twice it is the same. What is critical goes on.
 */
export async function unsubscribe(
  dependencies: UnsubscribeDependencies,
  { environmentId, channel, addressHash, category }: OptOutToken,
  speaker: Speaker,
): Promise<void> {
  const createdAt = dependencies.clock.now();
  const words = ({ consents }: Choices): readonly LinkWord[] => {
    const known = consents.find((one) => one.purpose === category && one.channel === channel);
    if (known?.action === "withdrawn" && known.requestedAt === undefined) return [];
    return [{ purpose: category, channel, action: "withdrawn", confirmed: false }];
  };
  const suppress = [{ channel, addressHash, scope: "category", value: category, reason: source, createdAt }] as const;
  await sayByLink(dependencies, { ...speaker, environmentId }, { source, suppress, release: [], words });
}

/** The question, or that it was done. */
export async function unsubscribePage(
  dependencies: Pick<ApiDependencies, "configuration">,
  link: OpenedLink,
  isDone: boolean,
): Promise<OptOutPage> {
  const { token, language, texts, brand } = link;
  const category = await categoryName(dependencies, token.environmentId, token.category);
  const said = (text: string): string => escapeHtml(filledText(text, { category }));
  const title = isDone ? texts.done : texts.unsubscribe;
  const main = isDone
    ? `<h1>${title}</h1>\n<p role="status">${said(texts.doneText)}</p>\n<p class="note">${texts.stays}</p>`
    : `<h1>${title}</h1>
<p>${said(texts.question)}</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<p><button>${texts.unsubscribe}</button></p>
</form>
<p class="note">${texts.keep} ${texts.stays}</p>`;
  return { language, title, brand, main };
}

/** As people know it; its key where it has no name, or is gone. */
export async function categoryName(
  { configuration }: Pick<ApiDependencies, "configuration">,
  environmentId: number,
  key: string,
): Promise<string> {
  const row = await configuration.store.getConfiguration({ environmentId, kind: "category", key });
  return row === undefined ? key : (categoryBodySchema.parse(JSON.parse(row.document)).name ?? key);
}
