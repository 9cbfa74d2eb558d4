import type { Step, WorkflowBody } from "@tidings/contract/workflows";
import type { StepKind } from "../../packages/server/src/domain/steps/step-kind.ts";
import type { Configuration, TemplateParts, Versioned } from "../../packages/server/src/ports/configuration.ts";
import { drawId } from "./documents.ts";

/**
 * A step whose answer differs each time that it is asked for, as that of a fetch does: whoever asks twice is found out.
 * `poison` in the event's data makes it throw, when it is planned or when it is performed.
 */
export function drawStep(draw: () => Promise<number>): StepKind {
  return {
    type: drawId,
    evaluate(step, facts) {
      if (facts.data.poison === "evaluate") throw new Error("planted: no plan");
      if (Object.hasOwn(facts.journal, step.id)) return { kind: "next" };
      const perform = async () => {
        const value = await draw();
        if (facts.data.poison === "perform") throw new Error("planted: no draw");
        return value;
      };
      return { kind: "effect", perform };
    },
  };
}

/** Puts the draw step in where the stored documents hold its place. */
export function withDraws(configuration: Configuration & TemplateParts): Configuration & TemplateParts {
  const replaced = new WeakMap<object, Versioned<WorkflowBody>>();
  const replace = (workflow: Versioned<WorkflowBody>): Versioned<WorkflowBody> => {
    const known = replaced.get(workflow);
    if (known !== undefined) return known;
    const steps = workflow.document.steps.map((step) => (step.id === drawId ? place() : step));
    const made = { ...workflow, document: { ...workflow.document, steps } };
    replaced.set(workflow, made);
    return made;
  };
  return {
    workflowsFor: (environmentId, event) => configuration.workflowsFor(environmentId, event).map(replace),
    async workflowVersion(environmentId, key, version) {
      const workflow = await configuration.workflowVersion(environmentId, key, version);
      return workflow === undefined ? undefined : replace(workflow);
    },
    category: (environmentId, key) => configuration.category(environmentId, key),
    laneOf: (environmentId, category) => configuration.laneOf(environmentId, category),
    currentTemplate: (environmentId, key) => configuration.currentTemplate(environmentId, key),
    layout: (environmentId, key) => configuration.layout(environmentId, key),
    partial: (environmentId, key) => configuration.partial(environmentId, key),
    partsRevision: (environmentId) => configuration.partsRevision(environmentId),
    integrations: (environmentId) => configuration.integrations(environmentId),
    templateVersion: (environmentId, key, version) => configuration.templateVersion(environmentId, key, version),
  };
}

function place(): Step {
  const step: { id: string; type: string } = { id: drawId, type: drawId };
  return step as Step;
}
