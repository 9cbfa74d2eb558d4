import { everything } from "@tidings/contract/consents";
import type { ConsentToken } from "../../domain/consent-token.ts";
import { escapeHtml } from "../../domain/escape-html.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { filledText } from "../../domain/filled-text.ts";
import { type Choices, type ConsentStand, isPending, parseChoices } from "../../domain/policy/choices.ts";
import { parseSecrets } from "../../domain/recipient-view.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { confirmTexts } from "./confirm-texts.ts";
import type { OpenedLink } from "./link.ts";
import type { OptOutPage } from "./page.ts";
import { type LinkWord, type Speaker, sayByLink } from "./said-by-link.ts";
import { categoryName } from "./unsubscribe.ts";

type ConfirmDependencies = Pick<ApiDependencies, "store" | "configuration" | "clock" | "keyring" | "ids" | "ingest">;

/**
 * What a link finds.
 *
 *   waiting ── POST ──▶ confirmed         withdrawn since, never asked for, or sent to an address that is theirs no more: gone
 */
export type Confirmation = "waiting" | "confirmed" | "gone";

/** Grants what was asked for and waits; repeated it is the same, and what was withdrawn since stays withdrawn. */
export async function confirmConsent(
  dependencies: ConfirmDependencies,
  { token }: OpenedLink<ConsentToken>,
  speaker: Speaker,
): Promise<Confirmation> {
  const { purpose, channel } = token;
  let found: Confirmation = "gone";
  const words = (before: Choices, record: RecipientRecord): readonly LinkWord[] => {
    found = stateOf(dependencies, token, before, record);
    if (found !== "waiting") return [];
    found = "confirmed";
    return [{ purpose, channel, action: "granted", confirmed: true }];
  };
  // Looked at first, so that a link that changes nothing writes nothing.
  const first = await confirmationOf(dependencies, token);
  if (first !== "waiting") return first;
  await sayByLink(dependencies, speaker, { source: "double_opt_in", suppress: [], release: [], words });
  return found;
}

export async function confirmationOf(dependencies: ConfirmDependencies, token: ConsentToken): Promise<Confirmation> {
  const { environmentId, recipient: id } = token;
  const [record] = await dependencies.store.loadRecipients({ keys: [{ environmentId, id }], lane: "transactional" });
  return record === undefined ? "gone" : stateOf(dependencies, token, parseChoices(record.choices), record);
}

function stateOf(
  { keyring }: ConfirmDependencies,
  { purpose, channel, addressHash }: ConsentToken,
  { consents }: Choices,
  { wrappedKey, sealed }: RecipientRecord,
): Confirmation {
  const isIt = (one: ConsentStand) => one.purpose === purpose && one.channel === channel;
  const known = consents.find(isIt);
  if (known?.action === "granted" && known.confirmed === true) return "confirmed";
  if (known === undefined || !isPending(known)) return "gone";
  if (addressHash === "") return "waiting";
  const { addresses } = parseSecrets(keyring.unsealForRecipient(wrappedKey, sealContext.recipient, sealed));
  // A link that went elsewhere shows nothing of the address that the consent is for.
  const isTheirs = addresses.some((one) => one.hash === addressHash && (channel === null || one.channel === channel));
  return isTheirs ? "waiting" : "gone";
}

/** The question, what became of it, or that there is nothing to confirm. */
export async function confirmPage(
  dependencies: ConfirmDependencies,
  { token, language, texts, brand }: OpenedLink<ConsentToken>,
  found: Confirmation,
): Promise<OptOutPage> {
  const own = confirmTexts(language);
  const { environmentId, purpose } = token;
  const category = purpose === everything ? own.all : await categoryName(dependencies, environmentId, purpose);
  const said = (text: string): string => escapeHtml(filledText(text, { category }));
  if (found === "gone")
    return { language, title: texts.unavailable, brand, main: `<h1>${texts.unavailable}</h1>\n<p>${own.gone}</p>` };
  if (found === "confirmed") {
    const main = `<h1>${own.done}</h1>\n<p role="status">${said(own.doneText)}</p>\n<p class="note">${own.leave}</p>`;
    return { language, title: own.done, brand, main };
  }
  const main = `<h1>${own.title}</h1>
<p>${said(own.question)}</p>
<form method="post">
<p><button>${own.confirm}</button></p>
</form>
<p class="note">${own.ignore}</p>`;
  return { language, title: own.title, brand, main };
}
