import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import type { Fault } from "@tidings/contract/errors";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import { type DocumentUser, storedDocuments } from "./stored-documents.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

/** What must hold of a category beyond its shape: templates that it sends by itself are there. */
export async function categoryFaults(
  store: Reads,
  environmentId: number,
  { class: lane, digest, sunset }: CategoryBody,
): Promise<Fault[]> {
  const missing = async (path: string, key: string): Promise<Fault[]> => {
    const template = await store.getConfiguration({ environmentId, kind: "template", key });
    return template === undefined ? [{ path, message: "there is no such template" }] : [];
  };
  const faults = digest === undefined ? [] : await missing("digest.template", digest.template);
  if (sunset === undefined) return faults;
  if (lane !== "marketing") return [...faults, { path: "sunset", message: "goes with the class marketing" }];
  return [...faults, ...(await missing("sunset.template", sunset.template))];
}

/** A category that sends a template by itself. */
export async function categoryUsing(
  store: Reads,
  environmentId: number,
  template: string,
): Promise<DocumentUser | undefined> {
  for await (const { key, document } of storedDocuments(store, environmentId, "category", categoryBodySchema))
    if (document.digest?.template === template || document.sunset?.template === template)
      return { kind: "category", key };
  return undefined;
}
