import type { ConditionOperator } from "@tidings/contract/conditions";
import type { Json } from "@tidings/contract/data";
import type { DigestStep } from "@tidings/contract/digest-step";
import type { ChannelStep, Fallback, FirstOfStep } from "@tidings/contract/sending-steps";
import type { ThrottleStep } from "@tidings/contract/throttle-step";
import type { WaitForStep } from "@tidings/contract/wait-for-step";
import type { Step, WorkflowBody } from "@tidings/contract/workflows";
import type { DataOf } from "./types/data-of.ts";

export type { DataOf } from "./types/data-of.ts";

/** A JSON Schema (draft 2020-12) of an event's data, as a literal. */
export type DataSchema = { readonly [keyword: string]: unknown };

/** Keys of what a workflow may refer to: give your own to have misspellings refused by the compiler. */
export interface References {
  category: string;
  template: string;
}

/** Paths that lead into an event's data, as its schema has it; any path where there is no schema, and below four levels. */
export type DataPath<Schema> = Schema extends { readonly properties: unknown }
  ? `data.${PathIn<DataOf<Schema>, [1, 1, 1, 1]>}`
  : `data.${string}`;

type PathIn<Data, Depth extends readonly unknown[]> = Depth extends readonly [unknown, ...infer Deeper]
  ? Data extends readonly unknown[]
    ? never
    : Data extends object
      ? string extends keyof Data
        ? string
        : {
            [Name in keyof Data & string]: Name | `${Name}.${PathIn<NonNullable<Data[Name]>, Deeper>}`;
          }[keyof Data & string]
      : never
  : string;

type Field<Schema> = DataPath<Schema> | `recipient.${string}` | `steps.${string}`;

/** A condition whose fields of `data` are those of the schema. */
export type TypedCondition<Schema> =
  | { all: readonly TypedCondition<Schema>[] }
  | { any: readonly TypedCondition<Schema>[] }
  | { not: TypedCondition<Schema> }
  | { field: Field<Schema>; op: ConditionOperator; value?: Json | undefined };

/** A step whose templates and fields are known. */
export type TypedStep<Schema, Known extends References = References> =
  | TypedSendingStep<Schema, Known>
  | {
      id: string;
      type: "condition";
      if: TypedCondition<Schema>;
      then: readonly TypedStep<Schema, Known>[];
      else?: readonly TypedStep<Schema, Known>[] | undefined;
    }
  | Keyed<DigestStep, Schema>
  | Keyed<ThrottleStep, Schema>
  | (Omit<WaitForStep, "match"> & { match?: { readonly [Path in DataPath<Schema>]?: `data.${string}` } | undefined })
  | Exclude<Step, { type: "channel" | "first_of" | "condition" | "digest" | "throttle" | "wait_for" }>;

/** A step that sends, and what goes out in place of messages of it that do not come through. */
export type TypedSendingStep<Schema, Known extends References = References> = (
  | (Pick<ChannelStep, "id" | "type" | "channel"> & { collapseKey?: DataPath<Schema> | undefined })
  | Pick<FirstOfStep, "id" | "type" | "channels">
) & {
  template: Known["template"];
  fallback?: (Omit<Fallback, "steps"> & { steps: readonly TypedSendingStep<Schema, Known>[] }) | undefined;
};

/** A step whose key is a path of the schema. */
type Keyed<Known extends { key?: string | undefined }, Schema> = Omit<Known, "key"> & {
  key?: DataPath<Schema> | undefined;
};

/** The body of `PUT /v1/workflows/{key}`, with the parts that refer to something typed. */
export interface WorkflowDefinition<Schema extends DataSchema, Known extends References = References> {
  name?: WorkflowBody["name"];
  event?: WorkflowBody["event"];
  category: Known["category"];
  data?: Schema;
  dedupe?: { key: DataPath<Schema>; windowSeconds: number };
  steps: readonly TypedStep<Schema, Known>[];
}

/**
 * A workflow for `notifications/workflows/<key>.ts`. It gives back what it is given; its types know the steps, the words,
 * and the paths of the event's data where `data` has a schema. `DataOf<typeof definition.data>` is the type of the data.
 *
 * @example
 * import { workflow } from "@tidings/client/workflow";
 *
 * export default workflow({
 *   event: "order.shipped",
 *   category: "orders",
 *   data: { type: "object", properties: { order: { type: "string" } }, required: ["order"] },
 *   dedupe: { key: "data.order", windowSeconds: 86_400 },
 *   steps: [{ id: "mail", type: "channel", channel: "email", template: "order-shipped" }],
 * });
 */
export function workflow<const Schema extends DataSchema, const Definition extends WorkflowDefinition<Schema>>(
  definition: Definition & WorkflowDefinition<Schema> & { readonly data?: Schema },
): Definition {
  return definition;
}

/**
 * `workflow` for an application that names its categories and templates.
 *
 * @example
 * import { workflowsOf } from "@tidings/client/workflow";
 *
 * const define = workflowsOf<{ category: "orders" | "news"; template: "order-shipped" }>();
 * export default define({
 *   category: "orders",
 *   steps: [{ id: "mail", type: "channel", channel: "email", template: "order-shipped" }],
 * });
 */
export function workflowsOf<Known extends References>() {
  return <const Schema extends DataSchema, const Definition extends WorkflowDefinition<Schema, Known>>(
    definition: Definition & WorkflowDefinition<Schema, Known> & { readonly data?: Schema },
  ): Definition => definition;
}
