import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Configuration, Versioned } from "../../../ports/configuration.ts";
import type { DryRunRequest } from "../../../ports/dry-run.ts";

/** Of documents that are not published. */
const unpublished = 0;

type Tried = Pick<DryRunRequest, "workflow" | "category" | "policy"> & { event: Pick<DryRunRequest["event"], "name"> };

/** Configuration in force with what a dry run tries laid over it: its workflow is the only one that its event starts. */
export class LaidOver implements Configuration {
  readonly #base: Configuration;
  readonly #tried: Tried;

  constructor(base: Configuration, tried: Tried) {
    this.#base = base;
    this.#tried = tried;
  }

  workflowsFor(environmentId: number, name: string): readonly Versioned<WorkflowBody>[] {
    return name === this.#tried.event.name ? [this.#tried.workflow] : this.#base.workflowsFor(environmentId, name);
  }

  category(environmentId: number, key: string) {
    const { category, workflow } = this.#tried;
    if (category === undefined || key !== workflow.document.category) return this.#base.category(environmentId, key);
    return { environmentId, key, version: unpublished, document: category };
  }

  policy(environmentId: number) {
    const { policy } = this.#tried;
    if (policy === undefined) return this.#base.policy(environmentId);
    return { environmentId, key: "environment", version: unpublished, document: policy };
  }

  laneOf(environmentId: number, key: string): Lane {
    return this.category(environmentId, key)?.document.class ?? this.#base.laneOf(environmentId, key);
  }

  async workflowVersion(environmentId: number, key: string, version: number) {
    const { workflow } = this.#tried;
    if (key === workflow.key && version === workflow.version) return workflow;
    return this.#base.workflowVersion(environmentId, key, version);
  }

  currentTemplate(environmentId: number, key: string) {
    return this.#base.currentTemplate(environmentId, key);
  }

  segment(environmentId: number, key: string) {
    return this.#base.segment(environmentId, key);
  }

  integrations(environmentId: number) {
    return this.#base.integrations(environmentId);
  }

  templateVersion(environmentId: number, key: string, version: number) {
    return this.#base.templateVersion(environmentId, key, version);
  }
}
