import { categoryBodySchema } from "@tidings/contract/categories";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { layoutBodySchema } from "@tidings/contract/layouts";
import { partialBodySchema } from "@tidings/contract/partials";
import { policyBodySchema } from "@tidings/contract/policies";
import { segmentBodySchema } from "@tidings/contract/segments";
import { sourceBodySchema } from "@tidings/contract/sources";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { InProcessBroadcast } from "../../packages/server/src/broadcast/in-process.ts";
import { prepareEnvironments } from "../../packages/server/src/composition/environments.ts";
import { AjvSchemas } from "../../packages/server/src/data-schemas/ajv-schemas.ts";
import { Keyring } from "../../packages/server/src/lib/keyring.ts";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { SimulatedClock } from "../../packages/server/src/lib/simulated-clock.ts";
import type {
  AwaitedEvents,
  Configuration,
  LookBack,
  TemplateParts,
} from "../../packages/server/src/ports/configuration.ts";
import type { DataSchemas } from "../../packages/server/src/ports/data-schemas.ts";
import type { PausesInForce } from "../../packages/server/src/ports/pauses.ts";
import type { RequestTemplates } from "../../packages/server/src/ports/request-templates.ts";
import type { EnvironmentRow } from "../../packages/server/src/ports/store/keys.ts";
import type { CompiledTemplate, TemplateEngine } from "../../packages/server/src/ports/template-engine.ts";
import { ConfigurationCache } from "../../packages/server/src/store/configuration-cache.ts";
import { putConfiguration } from "../../packages/server/src/store/conformance/write-configuration.conformance.ts";
import { Database } from "../../packages/server/src/store/sqlite/database.ts";
import { inProcessStore } from "../../packages/server/src/store/sqlite/in-process.ts";
import { migrate } from "../../packages/server/src/store/sqlite/migrate.ts";
import { HandlebarsEngine } from "../../packages/server/src/templates/handlebars.ts";
import { HandlebarsRequests } from "../../packages/server/src/templates/handlebars-request.ts";
import { documents } from "./documents.ts";
import { logSchema, seedTables } from "./log-schema.ts";

/** What all seeds of one run share: it costs more than a seed, and no seed changes it. */
export interface Base {
  database: Database;
  configuration: Configuration & LookBack & AwaitedEvents & TemplateParts & PausesInForce;
  environment: EnvironmentRow;
  templates: TemplateEngine;
  requests: RequestTemplates;
  dataSchemas: DataSchemas;
  newKeyring(randomBytes: (length: number) => Buffer): Keyring;
  /** Empties the database of what a seed left behind. */
  reset(): void;
  close(): void;
}

/** When simulated time begins. */
export const startMs = Date.UTC(2030, 0, 1);

const schemas: Record<ConfigurationKind, { parse(document: unknown): unknown }> = {
  layout: layoutBodySchema,
  partial: partialBodySchema,
  category: categoryBodySchema,
  template: templateBodySchema,
  integration: integrationBodySchema,
  policy: policyBodySchema,
  source: sourceBodySchema,
  segment: segmentBodySchema,
  workflow: workflowBodySchema,
};

export async function prepareBase(): Promise<Base> {
  const random = new SeededRandom(0);
  const clock = new SimulatedClock(startMs);
  const masterKey = random.bytes(32);
  const database = new Database(":memory:", { cacheMib: 8, checkpointPages: 1000 });
  migrate(database, startMs);
  const store = inProcessStore(database, {
    limits: { turnMs: 1000, turnCallsMax: 100 },
    monotonic: () => clock.monotonic(),
    schedule: (turn) => queueMicrotask(turn),
  });
  const keyring = new Keyring(masterKey, (length) => random.bytes(length), 100);
  const [environment] = await prepareEnvironments({ store, keyring, clock });
  if (environment === undefined) throw new Error("there is no environment");
  for (const { kind, key, document } of documents()) {
    const parsed = JSON.stringify(schemas[kind].parse(document));
    await putConfiguration(store, {
      environmentId: environment.id,
      kind,
      key,
      document: parsed,
      secrets: null,
      secretNames: [],
      now: startMs,
    });
  }
  const fail = (error: unknown): never => {
    throw new Error("the configuration cannot be read", { cause: error });
  };
  const cache = new ConfigurationCache(
    { store, broadcast: new InProcessBroadcast(fail), clock: clock.fork(), keyring, onFault: fail },
    { pollIntervalMs: 60_000, pageMax: 100, oldVersionsMax: 10 },
  );
  await cache.start();
  database.exec(logSchema);
  return {
    database,
    configuration: cache,
    environment,
    templates: rememberingEngine(),
    requests: new HandlebarsRequests({ outputLengthMax: 1000, passesMax: 100 }),
    dataSchemas: new AjvSchemas(),
    newKeyring(randomBytes) {
      const own = new Keyring(masterKey, randomBytes, 1000);
      own.addEnvironment(environment);
      return own;
    },
    reset: () => database.exec(seedTables.map((table) => `delete from ${table};`).join("\n")),
    close: () => database.close(),
  };
}

/** The real engine. Every simulated process compiles anew; that result is the same each time, so it is kept. */
function rememberingEngine(): TemplateEngine {
  const engine = new HandlebarsEngine();
  const compiled = new WeakMap<TemplateBody, Map<Channel, CompiledTemplate>>();
  return {
    compile(template, channel, library) {
      const known = compiled.get(template) ?? new Map<Channel, CompiledTemplate>();
      compiled.set(template, known);
      const run = known.get(channel) ?? engine.compile(template, channel, library);
      known.set(channel, run);
      return run;
    },
  };
}
