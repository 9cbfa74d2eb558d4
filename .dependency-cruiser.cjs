// The import table of the architecture as rules. A layer is a folder of packages/server/src; what a rule does not allow
// within the repository is forbidden. Tests, conformance suites and benchmarks may import whatever they check.

const server = "^packages/server/src/";
const contract = "^packages/contract/";
const folder = "^packages/folder/";
const zod = "^node_modules/zod/";
const free = ["\\.test\\.tsx?$", "(^|[/.])conformance\\.ts$"];
const composition = [`${server}(migrate-store-)?main\\.ts$`, `${server}composition/`];

const layer = (...names) => names.map((name) => `${server}${name}/`);
const settings = [`${server}config\\.ts$`, `${server}errors\\.ts$`];
const settingsParts = `${server}(settings-sources|source-settings|setting-kinds|deliver-settings|inbound-mail-settings|probe-settings|statistic-settings|guard-settings|particular-settings|trusted-proxies-setting|webhook-settings)\\.ts$`;

/** Packages that speak to the outside; what needs one lies in a provider, an engine or the API. */
const vendors = [
  "^node_modules/(@photostructure|@aws-sdk|@platformatic|@nats-io|@confluentinc)/",
  "^node_modules/(undici|pg|kysely|ioredis|kafkajs|rabbitmq-client|nats|nodemailer|mailparser|mailauth|postal-mime|saxes|smtp-server|imapflow)/",
  "^node_modules/(ajv|re2js)/",
  "^node_modules/(web-push|google-auth-library|handlebars|liquidjs|mustache|nunjucks|mjml|piscina)/",
];
const httpAndLogs = ["^node_modules/(fastify|@fastify|ws|pino|prom-client)/"];
const inputOutput =
  "^(node:)?(fs|fs/promises|net|tls|http|http2|https|dns|dns/promises|dgram|child_process|cluster|worker_threads|timers|timers/promises)$";

/** Everything in the repository that `from` imports must match one of `allowed`. */
function only(name, from, allowed, comment) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: from, pathNot: free },
    to: { path: "^(packages|test|benchmarks|scripts)/", pathNot: [...allowed] },
  };
}

function never(name, from, to, comment) {
  return { name, comment, severity: "error", from: { path: from, pathNot: free }, to: { path: to } };
}

const stages = ["ingest", "orchestrate", "deliver", "feedback"].map((stage) =>
  only(
    `stage-${stage}`,
    layer(`pipeline/${stage}`),
    [...layer("domain", "lib", "ports", `pipeline/${stage}`), contract, ...settings],
    "A stage imports domain, lib, contract and ports: never another stage, a vendor or an engine.",
  ),
);

const engines = ["store", "queue", "broadcast", "limiter"].map((kind) =>
  only(
    `engine-${kind}`,
    layer(kind),
    [...layer("domain", "lib", "ports", kind), contract, ...settings],
    "An engine implements its port out of domain and lib.",
  ),
);

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      comment: "What cannot be resolved cannot be checked either.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "nobody-imports-main",
      comment: "main.ts starts a server when it is loaded.",
      severity: "error",
      from: {},
      to: { path: `${server}(migrate-store-)?main\\.ts$` },
    },
    {
      name: "composition-is-the-root",
      comment: "Only main.ts and its own parts know which implementation is used where.",
      severity: "error",
      from: { path: "^packages/", pathNot: [...free, ...composition] },
      to: { path: `${server}composition/` },
    },
    {
      name: "no-test-code-in-production",
      comment: "Tests and conformance suites are not built.",
      severity: "error",
      from: { path: "^packages/", pathNot: [...free, "/testing/"] },
      to: { path: [...free, "^test/", "^benchmarks/", "^packages/client/src/testing/"] },
    },

    {
      name: "contract-zod-only",
      comment: "Clients and browsers load the contract: zod and nothing else.",
      severity: "error",
      from: { path: contract, pathNot: free },
      to: { pathNot: [contract, zod] },
    },
    {
      name: "client",
      comment: "The SDK runs where there is no Node: the contract, zod and nothing else.",
      severity: "error",
      from: { path: "^packages/client/", pathNot: [...free, "/testing/"] },
      to: { pathNot: ["^packages/client/", contract, zod] },
    },
    only("react", ["^packages/react/"], ["^packages/react/", contract], "Components know the contract alone."),
    only("folder", [folder], [folder, contract], "Reading a notifications folder takes the contract alone."),
    only(
      "cli",
      ["^packages/cli/"],
      ["^packages/cli/", contract, "^packages/client/", folder],
      "The CLI goes over HTTP: contract, client and folder, never server.",
    ),
    {
      name: "folder-is-for-its-readers",
      comment: "The server reads a folder once, to seed an empty store; nothing else in it knows of folders.",
      severity: "error",
      from: { path: "^packages/", pathNot: [...free, ...composition, folder, "^packages/cli/"] },
      to: { path: folder },
    },
    only(
      "web",
      ["^packages/web/"],
      ["^packages/web/", contract, "^packages/client/", "^packages/react/"],
      "The admin UI goes over HTTP: contract, client and react, never server.",
    ),

    only("lib", layer("lib"), layer("lib"), "lib imports nothing of the repository."),
    only("domain", layer("domain"), [...layer("domain"), contract, ...settings], "domain is nouns and pure policy."),
    only("ports", layer("ports"), [...layer("ports", "domain"), contract, ...settings], "A port is an interface."),
    ...stages,
    ...engines,
    {
      name: "engines-are-apart",
      comment: "An engine of the store shares code with another through store/sql, not out of its folder.",
      severity: "error",
      from: { path: `${server}store/([^/]+)/`, pathNot: free },
      to: { path: `${server}store/[^/]+/`, pathNot: [`${server}store/$1/`, `${server}store/sql/`] },
    },
    only(
      "store-move",
      layer("store-move"),
      [...layer("store-move", "store", "lib"), contract, ...settings],
      "A move reads one engine of the store and writes another; it knows nothing of the pipeline.",
    ),
    only(
      "sources",
      layer("sources"),
      [...layer("sources", "domain", "lib", "ports"), contract, ...settings],
      "A source imports domain, lib and the port that it implements; what takes its records in is given to it.",
    ),
    only(
      "providers",
      layer("providers"),
      [...layer("providers", "domain", "lib", "ports"), contract, ...settings],
      "A provider imports domain, lib and the port that it implements.",
    ),
    only(
      "templates",
      layer("templates"),
      [...layer("templates", "domain", "lib", "ports"), contract, ...settings],
      "A template engine or source imports domain, lib and the port that it implements.",
    ),
    only(
      "data-schemas",
      layer("data-schemas"),
      [...layer("data-schemas", "ports"), contract],
      "Checks data against schemas and knows nothing else.",
    ),
    only(
      "inbound-mail",
      layer("inbound-mail"),
      [...layer("inbound-mail", "domain", "lib", "ports"), contract, ...settings],
      "Mail that comes in is taken apart by domain and handed on by ports; it knows no stage.",
    ),
    only("api", layer("api"), [...layer("api", "domain", "ports"), contract, ...settings], "Routes know no stage."),
    only(
      "observe",
      layer("observe"),
      [...layer("observe", "domain", "lib", "ports"), contract, ...settings],
      "Observation is told what happens; it reaches into no stage.",
    ),
    only(
      "config",
      [settings[0], settingsParts],
      [...settings, settingsParts, ...layer("domain", "lib"), contract],
      "Settings depend on no layer.",
    ),
    only("errors", [settings[1]], [contract], "Error codes depend on no layer."),

    never(
      "core-knows-no-vendor",
      layer("domain", "ports", "pipeline"),
      [...vendors, ...httpAndLogs],
      "Vendors' and engines' packages stay at the edge.",
    ),
    never("api-knows-no-vendor", layer("api"), vendors, "Routes use ports; fastify belongs here."),
    never("domain-is-pure", layer("domain", "ports"), [inputOutput], "Policy does no input or output and never waits."),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^packages/[^/]+/dist/", "^coverage/", "^test/vendors/"] },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ["source", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
