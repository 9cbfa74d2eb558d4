import { categoryBodySchema } from "@tidings/contract/categories";
import type { OptOutToken } from "../../domain/opt-out-token.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { escapeHtml } from "../escape-html.ts";
import type { OpenedLink } from "./link.ts";
import type { OptOutPage } from "./page.ts";
import { filledText } from "./texts.ts";

/** As a suppression says why: a click of a mail client, or on the page. */
const reason = "one_click";

type UnsubscribeDependencies = Pick<ApiDependencies, "store" | "configuration" | "clock">;

/** Ends what the message's category sends to its address; done twice it is the same. What is critical goes on. */
export async function unsubscribe({ store, clock }: UnsubscribeDependencies, token: OptOutToken): Promise<void> {
  const { environmentId, channel, addressHash, category } = token;
  const createdAt = clock.now();
  await store.addSuppressions({
    environmentId,
    suppressions: [{ channel, addressHash, scope: "category", value: category, reason, createdAt }],
  });
}

/** The question, or that it was done. */
export async function unsubscribePage(
  dependencies: UnsubscribeDependencies,
  link: OpenedLink,
  isDone: boolean,
): Promise<OptOutPage> {
  const { token, language, texts, brand } = link;
  const category = await categoryName(dependencies, token);
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
async function categoryName({ configuration }: UnsubscribeDependencies, token: OptOutToken): Promise<string> {
  const { environmentId, category: key } = token;
  const row = await configuration.store.getConfiguration({ environmentId, kind: "category", key });
  return row === undefined ? key : (categoryBodySchema.parse(JSON.parse(row.document)).name ?? key);
}
