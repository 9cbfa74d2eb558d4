import { z } from "zod";
import { allowanceSchema } from "./allowances.ts";
import { apiKeySchema } from "./api-keys.ts";
import { campaignSchema } from "./campaigns.ts";
import { conditionSchema } from "./conditions.ts";
import { ifMatchSchema } from "./configuration.ts";
import { deadLetterSchema } from "./dead-letters.ts";
import { describedSchema } from "./described-schema.ts";
import { dryRunOutcomeSchema, dryRunSchema } from "./dry-runs.ts";
import { errorCodes, problemSchema } from "./errors.ts";
import {
  acceptedSchema,
  batchEventSchema,
  decisionSchema,
  eventBodySchema,
  eventRecipientSchema,
  eventSchema,
  idempotencyKeySchema,
  runSchema,
} from "./events.ts";
import { fieldText, fieldTexts } from "./field-texts.ts";
import { historySchema } from "./histories.ts";
import {
  inboxChangedSchema,
  inboxChangeSchema,
  inboxCountsSchema,
  inboxItemSchema,
  inboxSelectionSchema,
  inboxStandSchema,
} from "./inbox.ts";
import { attemptSchema, contentSchema, messageSchema } from "./messages.ts";
import { pauseSchema } from "./pauses.ts";
import { queueSchema } from "./queues.ts";
import { findingSchema, mailSenderSchema, probeSchema } from "./readiness.ts";
import { recipientDecisionSchema } from "./recipient-decisions.ts";
import { inlineRecipientSchema, recipientBodySchema, recipientSchema } from "./recipients.ts";
import { replaySchema } from "./replays.ts";
import type { Route } from "./route.ts";
import { type RouteExample, routeExamples } from "./route-examples.ts";
import { routeText } from "./route-texts.ts";
import { routes } from "./routes.ts";
import { segmentConditionSchema } from "./segments.ts";
import { fallbackSchema } from "./sending-steps.ts";
import {
  latencySchema,
  statisticCountsSchema,
  statisticGroupSchema,
  statisticPointSchema,
  statisticsSchema,
  statisticTotalSchema,
} from "./statistics.ts";
import { newSuppressionSchema, suppressionSchema } from "./suppressions.ts";
import { subscribedTopicSchema, subscriptionSchema, topicBodySchema, topicSchema } from "./topics.ts";
import { workerBufferSchema, workerSchema } from "./workers.ts";
import { stepSchema } from "./workflows.ts";

type Json = Record<string, unknown>;

/** Schemas that several routes share, or that refer to themselves; all others are named by their route. */
const shared: readonly (readonly [string, z.ZodType])[] = [
  ["Accepted", acceptedSchema],
  ["Allowance", allowanceSchema],
  ["ApiKey", apiKeySchema],
  ["Attempt", attemptSchema],
  ["BatchEvent", batchEventSchema],
  ["Campaign", campaignSchema],
  ["Replay", replaySchema],
  ["Condition", conditionSchema],
  ["Content", contentSchema],
  ["InboxChange", inboxChangeSchema],
  ["InboxChanged", inboxChangedSchema],
  ["InboxCounts", inboxCountsSchema],
  ["InboxItem", inboxItemSchema],
  ["InboxSelection", inboxSelectionSchema],
  ["InboxStand", inboxStandSchema],
  ["DeadLetter", deadLetterSchema],
  ["Decision", decisionSchema],
  ["RecipientDecision", recipientDecisionSchema],
  ["DryRun", dryRunSchema],
  ["DryRunOutcome", dryRunOutcomeSchema],
  ["DryRunHistory", historySchema],
  ["Event", eventSchema],
  ["EventBody", eventBodySchema],
  ["EventRecipient", eventRecipientSchema],
  ["Fallback", fallbackSchema],
  ["Finding", findingSchema],
  ["InlineRecipient", inlineRecipientSchema],
  ["MailSender", mailSenderSchema],
  ["Message", messageSchema],
  ["NewSuppression", newSuppressionSchema],
  ["Pause", pauseSchema],
  ["Probe", probeSchema],
  ["Problem", problemSchema],
  ["Queue", queueSchema],
  ["Recipient", recipientSchema],
  ["RecipientBody", recipientBodySchema],
  ["Run", runSchema],
  ["SegmentCondition", segmentConditionSchema],
  ["StatisticCounts", statisticCountsSchema],
  ["StatisticGroup", statisticGroupSchema],
  ["StatisticLatency", latencySchema],
  ["StatisticPoint", statisticPointSchema],
  ["StatisticTotal", statisticTotalSchema],
  ["Statistics", statisticsSchema],
  ["Step", stepSchema],
  ["Suppression", suppressionSchema],
  ["SubscribedTopic", subscribedTopicSchema],
  ["Subscription", subscriptionSchema],
  ["Topic", topicSchema],
  ["TopicBody", topicBodySchema],
  ["Worker", workerSchema],
  ["WorkerBuffer", workerBufferSchema],
];

const refTo = (id: string): string => `#/components/schemas/${id}`;

/** The API as an OpenAPI 3.1 document. The same sources always give the same text. */
export function openApiDocument(version: string): Json {
  const names = new Map<z.ZodType, string>();
  const registry = z.registry<{ id: string }>();
  const name = (schema: z.ZodType, id: string): void => {
    if (names.has(schema)) return;
    names.set(schema, id);
    registry.add(schema, { id });
  };
  for (const [id, schema] of shared) name(schema, id);
  for (const route of routes) {
    const base = `${route.operation[0]?.toUpperCase()}${route.operation.slice(1)}`;
    if (route.body !== undefined) name(route.body, `${base}Body`);
    if (route.response !== undefined) name(route.response, `${base}Answer`);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tidings",
      version,
      description: "Notification infrastructure: report what happened, and who must hear of it does.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ apiKey: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((tag) => ({ name: tag })),
    paths: paths(names),
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key, such as tdg_d_…" },
        recipientToken: { type: "http", scheme: "bearer", description: "A recipient's token, such as tit_…" },
      },
      schemas: componentSchemas(registry),
      headers: rateLimitHeaders,
      responses: { Problem: problemResponse },
    },
  };
}

function componentSchemas(registry: z.core.$ZodRegistry<{ id: string }>): Json {
  const { schemas } = z.toJSONSchema(registry, { ...conversion, uri: refTo });
  const components: Json = {};
  for (const id of Object.keys(schemas).sort()) {
    const { $schema: _schema, $id: _id, id: _name, ...schema } = schemas[id] ?? {};
    components[id] = describedSchema(id, schema);
  }
  return components;
}

/**
 * Everything is described as input: an answer may gain fields, so its objects must not forbid unknown ones, and bodies
 * forbid them by being strict.
 */
const conversion = {
  target: "draft-2020-12",
  io: "input",
  unrepresentable: "any",
  override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    // Beside `format: date-time` zod writes its pattern, 300 characters that say the same.
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  },
} as const;

function paths(names: ReadonlyMap<z.ZodType, string>): Json {
  const all: Record<string, Json> = {};
  for (const route of routes) {
    all[route.path] ??= {};
    const item = all[route.path];
    if (item !== undefined) item[route.method.toLowerCase()] = operation(route, names);
  }
  return all;
}

function operation(route: Route, names: ReadonlyMap<z.ZodType, string>): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  const description = routeText(route.operation)?.text;
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(description === undefined ? {} : { description }),
    tags: [route.tag],
    ...(route.open ? { security: route.token === undefined ? [] : [{ recipientToken: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined
      ? {}
      : { requestBody: requestBody(route.body, routeExamples[route.operation], names) }),
    ...(route.accepts === undefined ? {} : { requestBody: textBody(route.accepts) }),
    responses: { [route.status]: success(route, names), default: { $ref: "#/components/responses/Problem" } },
  };
}

function requestBody(
  schema: z.ZodType,
  example: RouteExample | undefined,
  names: ReadonlyMap<z.ZodType, string>,
): Json {
  const content = {
    schema: reference(schema, names),
    ...(example?.body === undefined ? {} : { example: example.body }),
  };
  return { required: true, content: { "application/json": content } };
}

const textBody = (mediaType: string): Json => ({
  required: true,
  content: { [mediaType]: { schema: { type: "string" } } },
});

function reference(schema: z.ZodType, names: ReadonlyMap<z.ZodType, string>): Json {
  const id = names.get(schema);
  if (id === undefined) throw new Error("a schema of a route has no name");
  return { $ref: refTo(id) };
}

function success(route: Route, names: ReadonlyMap<z.ZodType, string>): Json {
  const headers = Object.fromEntries(
    Object.keys(rateLimitHeaders).map((header) => [header, { $ref: `#/components/headers/${header}` }]),
  );
  return {
    description: route.status === 204 ? "Done" : route.summary,
    ...(route.open ? {} : { headers }),
    ...(route.response === undefined
      ? {}
      : { content: { "application/json": { schema: reference(route.response, names) } } }),
    ...(route.gives === undefined ? {} : { content: { [route.gives]: { schema: { type: "string" } } } }),
  };
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: fieldTexts[`${route.operation}.${name}`] ?? fieldText(route.tag, name),
    schema: { type: "string" },
  }));
}

function queryParameters(route: Route): Json[] {
  if (route.query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(route.query, conversion);
  return Object.entries(properties).map(([name, schema]) => {
    const description = fieldText(route.operation, name);
    return { name, in: "query", required: false, ...(description === undefined ? {} : { description }), schema };
  });
}

const headerSchemas: Readonly<Record<string, z.ZodType>> = {
  "Idempotency-Key": idempotencyKeySchema,
  "If-Match": ifMatchSchema,
};

function headerParameters(route: Route): Json[] {
  return Object.entries(route.headers ?? {}).map(([name, description]) => {
    const { $schema: _schema, ...schema } = z.toJSONSchema(headerSchemas[name] ?? z.string(), conversion);
    return { name, in: "header", required: false, description, schema };
  });
}

const rateLimitHeaders = {
  "RateLimit-Limit": { description: "Requests that the API key has per second", schema: { type: "integer" } },
  "RateLimit-Remaining": { description: "Requests that are left in this second", schema: { type: "integer" } },
  "RateLimit-Reset": { description: "Seconds until all are there again", schema: { type: "integer" } },
};

const problemResponse = {
  description: `A problem (RFC 9457). Its \`code\` is one of: ${codeList()}`,
  headers: {
    "Retry-After": { description: "With 429 and 503: seconds to wait", schema: { type: "integer" } },
  },
  content: { "application/problem+json": { schema: { $ref: refTo("Problem") } } },
};

function codeList(): string {
  return Object.entries(errorCodes)
    .map(([code, [status]]) => `${code} (${status})`)
    .join(", ");
}
