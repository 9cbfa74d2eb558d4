import type { ConfigurationKind } from "@tidings/contract/configuration";
import { type LayoutBody, layoutBodySchema } from "@tidings/contract/layouts";
import { type PartialBody, partialBodySchema } from "@tidings/contract/partials";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import type { z } from "zod";
import { partialsOf, takesInHtml } from "../domain/template-rules.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { TemplateLibrary } from "../ports/template-engine.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

export interface Stored<Document> {
  key: string;
  document: Document;
}

/** Who refers to a document. */
export interface DocumentUser {
  kind: ConfigurationKind;
  key: string;
}

const pageLength = 100;

/** Partials that one template may reach, through others too. */
const reachedMax = 200;

/** All current documents of a kind, page by page. */
export async function* storedDocuments<Document>(
  store: Reads,
  environmentId: number,
  kind: ConfigurationKind,
  schema: z.ZodType<Document>,
): AsyncGenerator<Stored<Document>> {
  for (let after = ""; ; ) {
    const rows = await store.listConfiguration({ environmentId, kind, after, limit: pageLength });
    for (const { key, document } of rows) yield { key, document: schema.parse(JSON.parse(document)) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = last.key;
  }
}

export async function storedWorkflows(store: Reads, environmentId: number): Promise<Stored<WorkflowBody>[]> {
  const all: Stored<WorkflowBody>[] = [];
  for await (const workflow of storedDocuments(store, environmentId, "workflow", workflowBodySchema))
    all.push(workflow);
  return all;
}

/** The layout and the partials that a document takes in, as they are stored now. */
export async function storedLibrary(
  store: Reads,
  environmentId: number,
  document: TemplateBody | LayoutBody | PartialBody,
): Promise<TemplateLibrary> {
  const read = async <Document>(kind: ConfigurationKind, key: string, schema: z.ZodType<Document>) => {
    const row = await store.getConfiguration({ environmentId, kind, key });
    return row === undefined ? undefined : schema.parse(JSON.parse(row.document));
  };
  const key = "layout" in document ? document.layout : undefined;
  const layout = key === undefined ? undefined : await read("layout", key, layoutBodySchema);
  const partials = new Map<string, PartialBody>();
  const waiting = [...partialsOf(document), ...(layout === undefined ? [] : partialsOf(layout))];
  for (let next = waiting.pop(); next !== undefined && partials.size < reachedMax; next = waiting.pop()) {
    if (partials.has(next)) continue;
    const partial = await read("partial", next, partialBodySchema);
    if (partial === undefined) continue;
    partials.set(next, partial);
    waiting.push(...partialsOf(partial));
  }
  return { layout: (name) => (name === key ? layout : undefined), partial: (name) => partials.get(name) };
}

export async function userOfLayout(
  store: Reads,
  environmentId: number,
  key: string,
): Promise<DocumentUser | undefined> {
  for await (const template of storedDocuments(store, environmentId, "template", templateBodySchema))
    if (template.document.layout === key) return { kind: "template", key: template.key };
  return undefined;
}

/** Who takes in a partial, in its HTML where `inHtml` asks for that. */
export async function userOfPartial(
  store: Reads,
  environmentId: number,
  key: string,
  inHtml: boolean,
): Promise<DocumentUser | undefined> {
  const uses = (document: TemplateBody | LayoutBody | PartialBody): boolean =>
    inHtml ? takesInHtml(document, key) : partialsOf(document).includes(key);
  for await (const template of storedDocuments(store, environmentId, "template", templateBodySchema))
    if (uses(template.document)) return { kind: "template", key: template.key };
  for await (const layout of storedDocuments(store, environmentId, "layout", layoutBodySchema))
    if (uses(layout.document)) return { kind: "layout", key: layout.key };
  for await (const partial of storedDocuments(store, environmentId, "partial", partialBodySchema))
    if (partial.key !== key && uses(partial.document)) return { kind: "partial", key: partial.key };
  return undefined;
}
