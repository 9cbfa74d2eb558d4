import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { type LayoutBody, layoutBodySchema } from "@tidings/contract/layouts";
import { type PartialBody, partialBodySchema } from "@tidings/contract/partials";
import { type PolicyBody, policyBodySchema, policyKey } from "@tidings/contract/policies";
import { type SegmentBody, segmentBodySchema } from "@tidings/contract/segments";
import { sourceBodySchema } from "@tidings/contract/sources";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { placedSteps } from "@tidings/contract/workflow-steps";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import { z } from "zod";
import type { IntegrationConfiguration, Versioned } from "../ports/configuration.ts";
import type { SourceConfiguration } from "../ports/event-source.ts";
import type { ConfigurationRow } from "../ports/store/configuration.ts";
import { AwaitedIndex } from "./awaited-index.ts";

const secretsSchema = z.record(z.string(), z.string());

/** What is in force in one environment, arranged for the questions that the stages ask on every event. */
export class ConfigurationIndex {
  readonly categories = new Map<string, Versioned<CategoryBody>>();
  readonly templates = new Map<string, Versioned<TemplateBody>>();
  readonly layouts = new Map<string, Versioned<LayoutBody>>();
  readonly partials = new Map<string, Versioned<PartialBody>>();
  readonly segments = new Map<string, Versioned<SegmentBody>>();
  readonly workflows = new Map<string, Versioned<WorkflowBody>>();
  readonly sources = new Map<string, SourceConfiguration>();
  readonly awaited = new AwaitedIndex();
  readonly #policies = new Map<string, Versioned<PolicyBody>>();
  readonly #integrations = new Map<string, IntegrationConfiguration>();
  /** Counts the changes of layouts and partials. */
  partsRevision = 0;
  #byEvent: Map<string, Versioned<WorkflowBody>[]> | undefined;
  #looksBack: boolean | undefined;
  #integrationList: readonly IntegrationConfiguration[] | undefined;

  /** Takes over a newest version, or removes what was deleted. Throws, and changes nothing, where it cannot be read. */
  apply(row: ConfigurationRow, unseal: (sealed: string) => string): void {
    if (row.kind === "category") change(this.categories, row, () => versioned(row, categoryBodySchema));
    else if (row.kind === "template") change(this.templates, row, () => versioned(row, templateBodySchema));
    else if (row.kind === "layout") {
      change(this.layouts, row, () => versioned(row, layoutBodySchema));
      this.partsRevision += 1;
    } else if (row.kind === "partial") {
      change(this.partials, row, () => versioned(row, partialBodySchema));
      this.partsRevision += 1;
    } else if (row.kind === "policy") {
      change(this.#policies, row, () => versioned(row, policyBodySchema));
    } else if (row.kind === "segment") change(this.segments, row, () => versioned(row, segmentBodySchema));
    else if (row.kind === "workflow") {
      change(this.workflows, row, () => versioned(row, workflowBodySchema));
      this.#byEvent = undefined;
      this.#looksBack = undefined;
      this.awaited.setCurrent(this.workflows.values());
    } else if (row.kind === "source") {
      change(this.sources, row, () => ({ ...versioned(row, sourceBodySchema), secrets: secretsOf(row, unseal) }));
    } else {
      change(this.#integrations, row, () => ({
        ...versioned(row, integrationBodySchema),
        secrets: secretsOf(row, unseal),
      }));
      this.#integrationList = undefined;
    }
  }

  /** By key, so that every process asks them in one order. */
  workflowsFor(eventName: string): readonly Versioned<WorkflowBody>[] {
    this.#byEvent ??= groupByEvent(inOrder(this.workflows));
    return this.#byEvent.get(eventName) ?? [];
  }

  /** By key. */
  allWorkflows(): readonly Versioned<WorkflowBody>[] {
    return inOrder(this.workflows);
  }

  /** Whether a workflow has a step that looks at what recipients were sent of late. */
  get looksBack(): boolean {
    this.#looksBack ??= [...this.workflows.values()].some(({ document }) =>
      placedSteps(document.steps).some(({ step }) => step.type === "recent"),
    );
    return this.#looksBack;
  }

  get policy(): Versioned<PolicyBody> | undefined {
    return this.#policies.get(policyKey);
  }

  /** By key; disabled ones too. */
  integrations(): readonly IntegrationConfiguration[] {
    this.#integrationList ??= inOrder(this.#integrations);
    return this.#integrationList;
  }
}

function groupByEvent(workflows: readonly Versioned<WorkflowBody>[]): Map<string, Versioned<WorkflowBody>[]> {
  const groups = new Map<string, Versioned<WorkflowBody>[]>();
  for (const workflow of workflows) {
    const event = workflow.document.event ?? workflow.key;
    const group = groups.get(event);
    if (group === undefined) groups.set(event, [workflow]);
    else group.push(workflow);
  }
  return groups;
}

/** Parses a stored document; throws where it does not fit. */
export function versioned<Document>(row: ConfigurationRow, schema: z.ZodType<Document>): Versioned<Document> {
  const { environmentId, key, version } = row;
  return { environmentId, key, version, document: schema.parse(JSON.parse(row.document)) };
}

function secretsOf(row: ConfigurationRow, unseal: (sealed: string) => string): Record<string, string> {
  return row.secrets === null ? {} : secretsSchema.parse(JSON.parse(unseal(row.secrets)));
}

function change<Item>(items: Map<string, Item>, row: ConfigurationRow, read: () => Item): void {
  if (row.deleted) items.delete(row.key);
  else items.set(row.key, read());
}

function inOrder<Item extends { key: string }>(items: ReadonlyMap<string, Item>): Item[] {
  return [...items.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
