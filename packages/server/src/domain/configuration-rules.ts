import type { Fault } from "@tidings/contract/errors";
import { faultsOf } from "@tidings/contract/faults";
import type { IntegrationBody } from "@tidings/contract/integrations";
import { limits } from "@tidings/contract/limits";
import { policyKey } from "@tidings/contract/policies";
import { sendingOf } from "@tidings/contract/sending-step";
import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { placedSteps } from "@tidings/contract/workflow-steps";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { z } from "zod";
import { changeNames } from "./change-names.ts";
import { type CompileRequest, fetchStepFaults } from "./fetch-step-faults.ts";

/*
 * What must hold between documents, beyond the shape that the contract checks. Pure: what a rule must know of other
 * documents, providers and template engines it is given.
 */

/** What a rule knows of a provider. */
export interface ProviderRules {
  channels: readonly Channel[];
  /** Settings and secrets in one object. */
  schema: z.ZodType;
  secretNames: readonly string[];
}

export interface WorkflowReferences {
  category: string;
  templates: string[];
}

export function workflowReferences(workflow: WorkflowBody): WorkflowReferences {
  const templates = placedSteps(workflow.steps).flatMap(({ step }) => sendingOf(step)?.template ?? []);
  return { category: workflow.category, templates: [...new Set(templates)] };
}

/** `hasCategory` and `templates` tell of the current documents that the workflow refers to. */
export function workflowFaults(
  workflow: WorkflowBody,
  hasCategory: boolean,
  templates: ReadonlyMap<string, TemplateBody>,
  compileRequest: CompileRequest,
): Fault[] {
  const faults: Fault[] = [];
  if (!hasCategory) faults.push({ path: "category", message: "there is no such category" });
  const steps = placedSteps(workflow.steps);
  if (steps.length > limits.stepsPerWorkflow) {
    faults.push({
      path: "steps",
      message: `has ${steps.length} steps with all branches; at most ${limits.stepsPerWorkflow}`,
    });
  }
  const ids = new Map<string, string>();
  let digest: string | undefined;
  for (const { step, path } of steps) {
    const first = ids.get(step.id);
    if (first === undefined) ids.set(step.id, path);
    else faults.push({ path: `${path}.id`, message: `is the id of ${first} too` });
    const sending = sendingOf(step);
    if (sending !== undefined) faults.push(...sendingFaults(sending, path, templates));
    if (step.type === "digest") {
      // Its run goes on for many events, of which a further window could keep one only.
      if (digest !== undefined) faults.push({ path, message: `a workflow has one digest; ${digest} is one too` });
      digest ??= path;
    }
    if (step.type === "event" && changeNames.has(step.event))
      faults.push({ path: `${path}.event`, message: "is the name of a change, which no workflow makes" });
    if (step.type === "fetch") faults.push(...fetchStepFaults(step, path, compileRequest));
  }
  return faults;
}

function sendingFaults(
  sending: { template: string; channels: readonly Channel[] },
  path: string,
  templates: ReadonlyMap<string, TemplateBody>,
): Fault[] {
  const template = templates.get(sending.template);
  if (template === undefined) return [{ path: `${path}.template`, message: "there is no such template" }];
  const missing = sending.channels.filter((channel) => template[channel] === undefined);
  return missing.map((channel) => ({ path: `${path}.template`, message: `has no content for ${channel}` }));
}

/** Faults of a template for the workflows that use it: a channel that one of them needs must not go. */
export function templateUseFaults(
  key: string,
  template: TemplateBody,
  workflows: readonly { key: string; document: WorkflowBody }[],
): Fault[] {
  const missing = new Map<Channel, string>();
  for (const workflow of workflows) {
    for (const { step } of placedSteps(workflow.document.steps)) {
      const sending = sendingOf(step);
      if (sending?.template !== key) continue;
      for (const channel of sending.channels) if (template[channel] === undefined) missing.set(channel, workflow.key);
    }
  }
  return [...missing].map(([channel, workflow]) => ({ path: channel, message: `is used by the workflow ${workflow}` }));
}

/** There is one policy, and it has one name: another key would be a policy that nobody asks. */
export function policyFaults(key: string): Fault[] {
  return key === policyKey ? [] : [{ path: "key", message: `must be ${policyKey}` }];
}

/** `secrets` are those given, or those stored where none were given. */
export function integrationFaults(
  integration: IntegrationBody,
  secrets: Readonly<Record<string, string>>,
  provider: ProviderRules | undefined,
): Fault[] {
  if (provider === undefined) return [{ path: "provider", message: "there is no such provider" }];
  const faults: Fault[] = [];
  if (!provider.channels.includes(integration.channel)) {
    faults.push({ path: "channel", message: `${integration.provider} serves ${provider.channels.join(", ")}` });
  }
  const settings = integration.settings ?? {};
  for (const name of provider.secretNames) {
    // Settings are stored and shown in clear.
    if (Object.hasOwn(settings, name)) faults.push({ path: `settings.${name}`, message: "belongs into secrets" });
  }
  for (const name of Object.keys(secrets)) {
    if (!provider.secretNames.includes(name))
      faults.push({ path: `secrets.${name}`, message: "is no secret of this provider" });
  }
  if (faults.length > 0) return faults;
  const parsed = provider.schema.safeParse({ ...settings, ...secrets });
  if (parsed.success) return [];
  return faultsOf(parsed.error).map(({ path, message }) => {
    const name = /^[^.[]*/.exec(path)?.[0] ?? "";
    const parent = provider.secretNames.includes(name) ? "secrets" : "settings";
    return { path: path === "" ? parent : path.startsWith("[") ? `${parent}${path}` : `${parent}.${path}`, message };
  });
}
