import type { CategoryBody } from "@tidings/contract/categories";
import type { IntegrationBody } from "@tidings/contract/integrations";
import type { LayoutBody } from "@tidings/contract/layouts";
import type { PartialBody } from "@tidings/contract/partials";
import type { PolicyBody } from "@tidings/contract/policies";
import type { SegmentBody } from "@tidings/contract/segments";
import type { TemplateBody } from "@tidings/contract/templates";
import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { AwaitedPattern } from "../domain/awaited-events.ts";

export interface Versioned<Document> {
  environmentId: number;
  key: string;
  version: number;
  document: Document;
}

export interface IntegrationConfiguration extends Versioned<IntegrationBody> {
  secrets: Record<string, string>;
}

/** Configuration in force, in memory; in force everywhere within a second of its commit. */
export interface Configuration {
  /** Current workflows that the event starts. */
  workflowsFor(environmentId: number, eventName: string): readonly Versioned<WorkflowBody>[];
  category(environmentId: number, key: string): Versioned<CategoryBody> | undefined;
  /** The environment's policy; undefined where none was written. */
  policy(environmentId: number): Versioned<PolicyBody> | undefined;
  segment(environmentId: number, key: string): Versioned<SegmentBody> | undefined;
  /** Lane of a category; marketing, the least privileged, where the category was deleted meanwhile. */
  laneOf(environmentId: number, category: string): Lane;
  currentTemplate(environmentId: number, key: string): Versioned<TemplateBody> | undefined;
  integrations(environmentId: number): readonly IntegrationConfiguration[];
  /** A workflow as it was published as that version: what a waiting run goes on with. */
  workflowVersion(environmentId: number, key: string, version: number): Promise<Versioned<WorkflowBody> | undefined>;
  templateVersion(environmentId: number, key: string, version: number): Promise<Versioned<TemplateBody> | undefined>;
}

/** Layouts and partials in force; templates of any version take these. */
export interface TemplateParts {
  layout(environmentId: number, key: string): Versioned<LayoutBody> | undefined;
  partial(environmentId: number, key: string): Versioned<PartialBody> | undefined;
  /** Another number after each change of a layout or a partial. */
  partsRevision(environmentId: number): number;
}

/** Which environments look at what their recipients were sent of late. */
export interface LookBack {
  looksBack(environmentId: number): boolean;
}

/** Which events runs wait for: by workflows in force, and by earlier versions of which runs may still be under way. */
export interface AwaitedEvents {
  /** None where nobody waits for events of the name. */
  awaitedAs(environmentId: number, eventName: string, now: number): readonly AwaitedPattern[];
}
