import type { CategoryBody } from "@tidings/contract/categories";
import type { TemplateBody } from "@tidings/contract/templates";
import { workflowBodySchema } from "@tidings/contract/workflows";
import type { Configuration } from "../../ports/configuration.ts";

/** Categories and workflows of a test. Each workflow is started by events of its name. */
export interface DigestDocuments {
  categories: Record<string, CategoryBody>;
  workflows: Record<string, { category: string; steps: object[] }>;
  /** The environment's. */
  timeZone?: string;
}

/** Documents may be changed meanwhile. */
export function configurationOf(
  environmentId: number,
  { categories, workflows, timeZone }: DigestDocuments,
): Configuration {
  const documents = Object.entries(workflows).map(([key, workflow]) => {
    const document = workflowBodySchema.parse(workflow);
    return { environmentId, key, version: 1, document };
  });
  const template = (key: string) => ({
    environmentId,
    key,
    version: 1,
    document: { email: { subject: "s" } } satisfies TemplateBody,
  });
  const category = (key: string) => {
    const document = categories[key];
    return document && { environmentId, key, version: 1, document };
  };
  const policy = (zone: string) => ({ environmentId, key: "environment", version: 1, document: { timeZone: zone } });
  return {
    workflowsFor: (_, name) => documents.filter(({ key }) => key === name),
    category: (_, key) => category(key),
    policy: () => (timeZone === undefined ? undefined : policy(timeZone)),
    segment: () => undefined,
    laneOf: (_, key) => categories[key]?.class ?? "transactional",
    currentTemplate: (_, key) => template(key),
    integrations: () => [],
    workflowVersion: async (_, key) => documents.find((each) => each.key === key),
    templateVersion: async (_, key) => template(key),
  };
}
