import { categoryBodySchema } from "@tidings/contract/categories";
import { limits } from "@tidings/contract/limits";
import { plainWords, type SmsKeyword, smsKeywordOf } from "../domain/sms-keyword.ts";
import type { ApiDependencies } from "./dependencies.ts";

export interface Meaning {
  word: SmsKeyword["word"];
  category: { key: string; name: string } | undefined;
}

/** A word alone, or with the key or name of a category; undefined for all else. */
export async function meaningOf(
  { configuration }: Pick<ApiDependencies, "configuration">,
  environmentId: number,
  text: string,
): Promise<Meaning | undefined> {
  const said = smsKeywordOf(text);
  if (said === undefined || said.rest === "") return said && { word: said.word, category: undefined };
  const of = { environmentId, kind: "category", after: "", limit: limits.choicesPerScope } as const;
  for (const { key, document } of await configuration.store.listConfiguration(of)) {
    const { name = key, class: lane } = categoryBodySchema.parse(JSON.parse(document));
    if (lane !== "critical" && [key, name].some((one) => plainWords(one) === said.rest))
      return { word: said.word, category: { key, name } };
  }
  return undefined;
}
