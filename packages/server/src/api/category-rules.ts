import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import type { Fault } from "@tidings/contract/errors";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import { type DocumentUser, storedDocuments } from "./stored-documents.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

/** The template of a category's digest has to be there. */
export async function categoryFaults(store: Reads, environmentId: number, { digest }: CategoryBody): Promise<Fault[]> {
  if (digest === undefined) return [];
  const template = await store.getConfiguration({ environmentId, kind: "template", key: digest.template });
  return template === undefined ? [{ path: "digest.template", message: "there is no such template" }] : [];
}

/** A category whose digest is made of a template. */
export async function userOfDigestTemplate(
  store: Reads,
  environmentId: number,
  key: string,
): Promise<DocumentUser | undefined> {
  for await (const category of storedDocuments(store, environmentId, "category", categoryBodySchema))
    if (category.document.digest?.template === key) return { kind: "category", key: category.key };
  return undefined;
}
