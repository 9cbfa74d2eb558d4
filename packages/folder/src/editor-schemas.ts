import { categoryBodySchema } from "@tidings/contract/categories";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { layoutBodySchema } from "@tidings/contract/layouts";
import { policyBodySchema } from "@tidings/contract/policies";
import { segmentBodySchema } from "@tidings/contract/segments";
import { sourceBodySchema } from "@tidings/contract/sources";
import { templateBodySchema } from "@tidings/contract/templates";
import { tenantBodySchema } from "@tidings/contract/tenants";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { z } from "zod";
import { sampleSchema } from "./read-sample.ts";
import { isTree } from "./tree.ts";

type Schema = Record<string, unknown>;

const secret = z.strictObject({ fromEnv: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) });
const named = { secrets: z.record(z.string(), secret).optional() };
const [kafka, sqs] = sourceBodySchema.options;

/**
 * JSON Schemas of the folder's YAML files, for editors: a file says which by `# yaml-language-server: $schema=…` in its
 * first line. The same sources always give the same texts.
 */
export function editorSchemas(): ReadonlyMap<string, Schema> {
  const of = (title: string, schema: z.ZodType, change = (value: unknown): unknown => value): Schema => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    return { $schema, title, ...Object(change(rest)) };
  };
  return new Map([
    ["categories.json", of("Categories by key", z.record(z.string(), categoryBodySchema))],
    ["integrations.json", of("Integrations by key", z.record(z.string(), integrationBodySchema.extend(named)))],
    ["sources.json", of("Sources by key", z.record(z.string(), z.union([kafka.extend(named), sqs.extend(named)])))],
    ["tenants.json", of("Tenants by key", z.record(z.string(), tenantBodySchema))],
    [
      "policies.json",
      of("The environment's policy, under the key environment", z.record(z.string(), policyBodySchema)),
    ],
    ["segments.json", of("Segments by key", z.record(z.string(), segmentBodySchema))],
    ["workflow.json", of("Workflow", workflowBodySchema)],
    // Texts may lie in files of their own, so that nothing is required here.
    ["template.json", of("Template: what lies in no file of its own", templateBodySchema, withoutRequired)],
    ["layout.json", of("Layout: what lies in no file of its own", layoutBodySchema, withoutRequired)],
    ["messages.json", of("ICU messages by name", z.record(z.string(), z.string()))],
    ["sample.json", of("Sample data for previews", sampleSchema)],
  ]);
}

/** At every depth; an attachment may name its file in place of its content. */
function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (!isTree(value)) return value;
  const { required, ...rest } = value;
  // A property may have this name, and a list of names is the keyword.
  const kept = required === undefined || Array.isArray(required) ? rest : { required, ...rest };
  const isAttachment = "contentId" in kept && "fromData" in kept;
  const all = isAttachment ? { ...kept, file: { type: "string", description: "A file beside this one" } } : kept;
  return Object.fromEntries(Object.entries(all).map(([name, inner]) => [name, withoutRequired(inner)]));
}
