import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import { type IntegrationBody, integrationBodySchema } from "@tidings/contract/integrations";
import { type LayoutBody, layoutBodySchema } from "@tidings/contract/layouts";
import { type PartialBody, partialBodySchema } from "@tidings/contract/partials";
import { type PolicyBody, policyBodySchema } from "@tidings/contract/policies";
import { type SegmentBody, segmentBodySchema } from "@tidings/contract/segments";
import { type SourceBody, sourceBodySchema } from "@tidings/contract/sources";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import { valid } from "./validation.ts";

/** A document beside its kind, so that a switch over the kind tells the document's type. */
export type ConfigurationDocument =
  | { kind: "workflow"; document: WorkflowBody }
  | { kind: "template"; document: TemplateBody }
  | { kind: "layout"; document: LayoutBody }
  | { kind: "partial"; document: PartialBody }
  | { kind: "category"; document: CategoryBody }
  | { kind: "integration"; document: IntegrationBody }
  | { kind: "source"; document: SourceBody }
  | { kind: "policy"; document: PolicyBody }
  | { kind: "segment"; document: SegmentBody };

/** Throws `validation_failed`. */
export function parseDocument(kind: ConfigurationKind, value: unknown): ConfigurationDocument {
  switch (kind) {
    case "workflow":
      return { kind, document: valid(workflowBodySchema, value) };
    case "template":
      return { kind, document: valid(templateBodySchema, value) };
    case "layout":
      return { kind, document: valid(layoutBodySchema, value) };
    case "partial":
      return { kind, document: valid(partialBodySchema, value) };
    case "category":
      return { kind, document: valid(categoryBodySchema, value) };
    case "integration":
      return { kind, document: valid(integrationBodySchema, value) };
    case "source":
      return { kind, document: valid(sourceBodySchema, value) };
    case "policy":
      return { kind, document: valid(policyBodySchema, value) };
    case "segment":
      return { kind, document: valid(segmentBodySchema, value) };
  }
}
