import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import type { DocumentKind } from "@tidings/contract/configuration";
import { type LayoutBody, layoutBodySchema } from "@tidings/contract/layouts";
import { type PartialBody, partialBodySchema, partialKeysOf } from "@tidings/contract/partials";
import { sendingOf } from "@tidings/contract/sending-step";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { placedSteps } from "@tidings/contract/workflow-steps";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import type { FolderFault } from "./fault.ts";
import { didYouMean } from "./hints.ts";
import type { FolderDocument } from "./reading.ts";
import { texts } from "./texts.ts";

interface Folder {
  templates: Map<string, TemplateBody>;
  keys: Record<DocumentKind, Set<string>>;
  partials: Map<string, PartialBody>;
}

type Report = (path: string, message: string, hint?: string, line?: number) => void;

/**
 * What documents of one folder refer to must be in it: categories and templates of workflows, layouts and partials of
 * templates. A step's id is there once, and no partial takes itself in. The server has the same rules; here they are told
 * without one, with what may have been meant.
 */
export function referenceFaults(documents: readonly FolderDocument[]): FolderFault[] {
  const folder = folderOf(documents);
  return documents.flatMap(({ kind, document, key, placeOf }) => {
    const faults: FolderFault[] = [];
    const report: Report = (path, message, hint, line) =>
      faults.push({ ...placeOf(path, line), path, message, ...(hint === undefined ? {} : { hint }) });
    if (kind === "workflow") checkWorkflow(workflowBodySchema.parse(document), folder, report);
    if (kind === "category") checkCategory(categoryBodySchema.parse(document), folder, report);
    if (kind === "template") checkTemplate(templateBodySchema.parse(document), folder, report);
    if (kind === "layout") checkPartials(layoutBodySchema.parse(document), folder, report);
    if (kind === "partial") checkPartial(key, partialBodySchema.parse(document), folder, report);
    return faults;
  });
}

function folderOf(documents: readonly FolderDocument[]): Folder {
  const ofKind = (kind: DocumentKind) => documents.filter((each) => each.kind === kind);
  const keysOf = (kind: DocumentKind) => new Set(ofKind(kind).map(({ key }) => key));
  return {
    templates: new Map(ofKind("template").map(({ key, document }) => [key, templateBodySchema.parse(document)])),
    partials: new Map(ofKind("partial").map(({ key, document }) => [key, partialBodySchema.parse(document)])),
    keys: {
      category: keysOf("category"),
      template: keysOf("template"),
      layout: keysOf("layout"),
      partial: keysOf("partial"),
      workflow: keysOf("workflow"),
      integration: keysOf("integration"),
      source: keysOf("source"),
      tenant: keysOf("tenant"),
      policy: keysOf("policy"),
      segment: keysOf("segment"),
    },
  };
}

function mustBeThere({ keys }: Folder, kind: DocumentKind, key: string, path: string, report: Report, line?: number) {
  if (!keys[kind].has(key)) report(path, `there is no ${kind} \`${key}\``, didYouMean(key, keys[kind]), line);
}

function checkWorkflow(workflow: WorkflowBody, folder: Folder, report: Report): void {
  mustBeThere(folder, "category", workflow.category, "category", report);
  const ids = new Map<string, string>();
  for (const { step, path } of placedSteps(workflow.steps)) {
    const first = ids.get(step.id);
    if (first === undefined) ids.set(step.id, path);
    else report(`${path}.id`, `is the id of ${first} too`);
    const sending = sendingOf(step);
    if (sending === undefined) continue;
    mustBeThere(folder, "template", sending.template, `${path}.template`, report);
    const template = folder.templates.get(sending.template);
    const missing = sending.channels.find((channel) => template !== undefined && template[channel] === undefined);
    if (template !== undefined && missing !== undefined) {
      const has = Object.keys(template).filter((name) => name !== "name" && name !== "engine" && name !== "layout");
      report(`${path}.template`, `has no content for ${missing}`, `it has some for ${has.join(", ")}`);
    }
  }
}

function checkCategory({ sunset }: CategoryBody, folder: Folder, report: Report): void {
  if (sunset !== undefined) mustBeThere(folder, "template", sunset.template, "sunset.template", report);
}

function checkTemplate(template: TemplateBody, folder: Folder, report: Report): void {
  if (template.layout !== undefined) mustBeThere(folder, "layout", template.layout, "layout", report);
  checkPartials(template, folder, report);
}

/** Partials that any text of the document takes in. */
function checkPartials(document: TemplateBody | LayoutBody | PartialBody, folder: Folder, report: Report): void {
  for (const { path, text } of texts(document)) {
    for (const key of partialKeysOf(text)) {
      mustBeThere(folder, "partial", key, path, report, text.slice(0, text.indexOf(`> ${key}`)).split("\n").length);
    }
  }
}

function checkPartial(key: string, partial: PartialBody, folder: Folder, report: Report): void {
  checkPartials(partial, folder, report);
  const way = wayBack(key, folder.partials);
  const own = texts(partial).find(({ text }) => partialKeysOf(text).includes(way?.[1] ?? ""));
  if (way === undefined || own === undefined) return;
  const line = own.text.slice(0, own.text.indexOf(`> ${way[1]}`)).split("\n").length;
  report(own.path, `takes itself in: ${way.join(" > ")}`, undefined, line);
}

/** The shortest way on which a partial takes itself in. */
function wayBack(key: string, partials: ReadonlyMap<string, PartialBody>): string[] | undefined {
  const seen = new Set<string>();
  let ways = [[key]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      const last = partials.get(way.at(-1) ?? "");
      const next = last === undefined ? [] : texts(last).flatMap(({ text }) => partialKeysOf(text));
      for (const name of new Set(next)) {
        if (name === key) return [...way, name];
        if (seen.has(name)) continue;
        seen.add(name);
        longer.push([...way, name]);
      }
    }
    ways = longer;
  }
  return undefined;
}
