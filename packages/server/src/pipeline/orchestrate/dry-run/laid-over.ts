import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Configuration, Versioned } from "../../../ports/configuration.ts";
import type { DryRunRequest } from "../../../ports/dry-run.ts";

/** Of documents that are not published. */
const unpublished = 0;

/** Configuration in force with what a dry run tries laid over it: its workflow is the only one that any event starts. */
export class LaidOver implements Configuration {
  readonly #base: Configuration;
  readonly #tried: Pick<DryRunRequest, "workflow" | "category" | "policy">;

  constructor(base: Configuration, tried: Pick<DryRunRequest, "workflow" | "category" | "policy">) {
    this.#base = base;
    this.#tried = tried;
  }

  workflowsFor(): readonly Versioned<WorkflowBody>[] {
    return [this.#tried.workflow];
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
