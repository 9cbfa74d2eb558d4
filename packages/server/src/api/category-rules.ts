import { categoryBodySchema } from "@tidings/contract/categories";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { Fault } from "@tidings/contract/errors";
import { policyFaults } from "../domain/configuration-rules.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { ConfigurationDocument } from "./configuration-documents.ts";
import { type DocumentUser, storedDocuments } from "./stored-documents.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

/** What must hold of a category or a policy beyond its shape. */
export async function categoryFaults(
  store: Reads,
  environmentId: number,
  key: string,
  written: Extract<ConfigurationDocument, { kind: "category" | "policy" }>,
): Promise<Fault[]> {
  if (written.kind === "policy") return policyFaults(key);
  const { class: lane, sunset } = written.document;
  if (sunset === undefined) return [];
  if (lane !== "marketing") return [{ path: "sunset", message: "goes with the class marketing" }];
  const template = await store.getConfiguration({ environmentId, kind: "template", key: sunset.template });
  return template === undefined ? [{ path: "sunset.template", message: "there is no such template" }] : [];
}

/** A category that refers to the template; undefined for documents of another kind. */
export async function categoryUsing(
  store: Reads,
  environmentId: number,
  kind: ConfigurationKind,
  key: string,
): Promise<DocumentUser | undefined> {
  if (kind !== "template") return undefined;
  for await (const category of storedDocuments(store, environmentId, "category", categoryBodySchema))
    if (category.document.sunset?.template === key) return { kind: "category", key: category.key };
  return undefined;
}
