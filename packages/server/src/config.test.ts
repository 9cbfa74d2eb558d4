import { describe, expect, test } from "vitest";
import { defaultConfig, describeSettings, loadConfig, reportSettings } from "./config.ts";

const noFile = (): string => {
  throw new Error("no such file");
};

function faultsOf(env: Record<string, string>, readFile: (path: string) => string = noFile) {
  const loaded = loadConfig(env, readFile);
  return "faults" in loaded ? loaded.faults : [];
}

function configOf(env: Record<string, string>, readFile: (path: string) => string = noFile) {
  const loaded = loadConfig(env, readFile);
  if ("faults" in loaded) throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

describe("settings", () => {
  test("have defaults where nothing is set", () => {
    const config = configOf({ PATH: "/bin" });
    expect(config).toEqual(defaultConfig());
    expect(config.api.port).toBe(4400);
    expect(config.process.roles).toEqual(["api", "orchestrate", "deliver", "feedback"]);
    expect(config.process.masterKey).toBeUndefined();
  });

  test("come from the environment, where an empty value counts as not set", () => {
    const config = configOf({
      TIDINGS_PORT: "0",
      TIDINGS_HOST: "",
      TIDINGS_ROLES: "api, deliver",
      TIDINGS_ALLOW_PRIVATE_NETWORK: "true",
    });
    expect(config.api).toMatchObject({ port: 0, host: "127.0.0.1" });
    expect(config.process.roles).toEqual(["api", "deliver"]);
    expect(config.outbound.allowPrivateNetwork).toBe(true);
  });

  test.each([
    ["YAML", "TIDINGS_PORT: 5000\nTIDINGS_ROLES: [api, feedback]\nTIDINGS_METRICS_PROCESS: false\n"],
    ["JSON", '{"TIDINGS_PORT": 5000, "TIDINGS_ROLES": ["api", "feedback"], "TIDINGS_METRICS_PROCESS": false}'],
  ])("come from a %s file, and the environment wins", (_kind, text) => {
    const env = { TIDINGS_CONFIG_FILE: "tidings.conf" };
    expect(configOf(env, () => text).api.port).toBe(5000);
    const config = configOf({ ...env, TIDINGS_PORT: "6000" }, () => text);
    expect(config.api.port).toBe(6000);
    expect(config.process.roles).toEqual(["api", "feedback"]);
    expect(config.metrics.process).toBe(false);
  });

  test("report all faults at once by name", () => {
    const faults = faultsOf({
      TIDINGS_PORT: "99999",
      TIDINGS_MASTER_KEY: "short",
      TIDINGS_API_KEY: "x",
      TIDINGS_ROLES: "api,cook,bake",
      TIDINGS_LOG_LEVEL: "loud",
      TIDINGS_STORE_TURN_MS: "1.5",
      TIDINGS_ALLOW_PRIVATE_NETWORK: "yes",
    });
    expect(faults.map((fault) => fault.name).sort()).toEqual([
      "TIDINGS_ALLOW_PRIVATE_NETWORK",
      "TIDINGS_API_KEY",
      "TIDINGS_LOG_LEVEL",
      "TIDINGS_MASTER_KEY",
      "TIDINGS_PORT",
      "TIDINGS_ROLES",
      "TIDINGS_STORE_TURN_MS",
    ]);
    expect(faults.find((fault) => fault.name === "TIDINGS_PORT")?.message).toBe(
      "must be a whole number from 0 to 65535",
    );
  });

  test("never repeat a value in a fault, as it may be a secret", () => {
    const text = JSON.stringify(faultsOf({ TIDINGS_MASTER_KEY: "hunter2", TIDINGS_API_KEY: "hunter2" }));
    expect(text).not.toContain("hunter2");
  });

  test("that nobody knows are refused with the nearest name", () => {
    expect(faultsOf({ TIDINGS_PROT: "1" })).toEqual([
      { name: "TIDINGS_PROT", message: "is not a setting; did you mean TIDINGS_PORT?" },
    ]);
  });

  test("of the test suite and of the command line are left alone", () => {
    expect(faultsOf({ TIDINGS_TEST_SEED: "1", TIDINGS_URL: "http://x", TIDINGS_ENVIRONMENT: "production" })).toEqual(
      [],
    );
  });

  test("are reported with value and source, secrets without their value", () => {
    const key = "tdg_a-secret-of-thirty-two-characters";
    const env = { TIDINGS_PORT: "5000", TIDINGS_API_KEY: key, TIDINGS_CONFIG_FILE: "x.yaml", TIDINGS_HOST: "" };
    const { settings, faults } = reportSettings(env, () => "TIDINGS_PORT: 1\nTIDINGS_TURN: 2\nTIDINGS_DATA_DIR: /d");
    const of = (name: string) => {
      const found = settings.find((setting) => setting.name === name);
      return [found?.value, found?.source];
    };
    expect(of("TIDINGS_PORT")).toEqual(["5000", "environment"]);
    expect(of("TIDINGS_DATA_DIR")).toEqual(["/d", "file"]);
    expect(of("TIDINGS_HOST")).toEqual(["127.0.0.1", "default"]);
    expect(of("TIDINGS_API_KEY")).toEqual(["(set)", "environment"]);
    expect(of("TIDINGS_MASTER_KEY")).toEqual(["", "default"]);
    expect(JSON.stringify(settings)).not.toContain(key);
    expect(faults.map(({ name }) => name)).toEqual(["TIDINGS_TURN"]);
  });

  test("take a Kafka beside a PostgreSQL, and never tell of its password", () => {
    const env = { TIDINGS_DATABASE_URL: "postgres://db/x", TIDINGS_QUEUE_URL: "kafka://u:hunter2@one:9092,two/p" };
    expect(configOf(env).queue.url).toBe(env.TIDINGS_QUEUE_URL);
    const report = reportSettings(env, noFile);
    expect(report.settings.find(({ name }) => name === "TIDINGS_QUEUE_URL")?.value).toBe("(set)");
    expect(JSON.stringify(report)).not.toContain("hunter2");
    expect(configOf({}).queue.url).toBeUndefined();
    expect(configOf({ TIDINGS_QUEUE_URL: "" }).queue.url).toBeUndefined();
  });

  test.each([
    ["amqp://u:hunter2@one", "this version knows no other broker"],
    ["hunter2", "this version knows no other broker"],
    ["kafka://u:hunter2@one?acks=0", "takes no options"],
    ["kafka://u:hunter2@one#x", "takes no options"],
    ["kafka://u:hunter2@", "must be a URL such as kafka://"],
    ["kafka://u:hunter2%@one", "must be a URL such as kafka://"],
    ["kafka://one:hunter2", "must be a URL such as kafka://"],
    ["kafka://one/pre fix", "must be a URL such as kafka://"],
  ])("refuse %s as a broker, with what it must be", (url, message) => {
    const faults = faultsOf({ TIDINGS_DATABASE_URL: "postgres://db/x", TIDINGS_QUEUE_URL: url });
    expect(faults).toEqual([{ name: "TIDINGS_QUEUE_URL", message: expect.stringContaining(message) }]);
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });

  test("refuse a broker beside the embedded store, also in the report", () => {
    const env = { TIDINGS_QUEUE_URL: "kafka://one" };
    const fault = { name: "TIDINGS_QUEUE_URL", message: expect.stringContaining("needs TIDINGS_DATABASE_URL") };
    expect(faultsOf(env)).toEqual([fault]);
    expect(reportSettings(env, noFile).faults).toEqual([fault]);
    expect(faultsOf({ ...env, TIDINGS_PROT: "1" }).map(({ name }) => name)).toEqual([
      "TIDINGS_PROT",
      "TIDINGS_QUEUE_URL",
    ]);
  });

  test("take a replica beside a PostgreSQL, which is told no closer than it can be measured", () => {
    const replica = { TIDINGS_DATABASE_REPLICA_URL: "postgres://u:hunter2@one,two:5433/x" };
    const env = { TIDINGS_DATABASE_URL: "postgres://db/x", ...replica };
    expect(configOf(env).database).toMatchObject({ replicaUrl: replica.TIDINGS_DATABASE_REPLICA_URL });
    expect(JSON.stringify(reportSettings(env, noFile))).not.toContain("hunter2");
    expect(faultsOf(replica)).toEqual([
      { name: "TIDINGS_DATABASE_REPLICA_URL", message: expect.stringContaining("needs TIDINGS_DATABASE_URL") },
    ]);
    expect(faultsOf({ ...env, TIDINGS_DATABASE_REPLICA_LAG_MAX_MS: "1999" })).toEqual([
      {
        name: "TIDINGS_DATABASE_REPLICA_LAG_MAX_MS",
        message: "must be at least two TIDINGS_WORKER_HEARTBEAT_MS (2000)",
      },
    ]);
    expect(faultsOf({ TIDINGS_WORKER_HEARTBEAT_MS: "60000" })).toEqual([]);
    expect(faultsOf({ ...env, TIDINGS_DATABASE_REPLICA_URL: "mysql://u:hunter2@one" })).toEqual([
      { name: "TIDINGS_DATABASE_REPLICA_URL", message: expect.stringContaining("must be a URL such as postgres://") },
    ]);
  });

  test("take a PostgreSQL database, and no other", () => {
    expect(configOf({ TIDINGS_DATABASE_URL: "postgres://u:p@db/x" }).database.url).toBe("postgres://u:p@db/x");
    for (const url of ["mysql://db/x", "db/x", "http://db"])
      expect(faultsOf({ TIDINGS_DATABASE_URL: url }).map((fault) => fault.name)).toEqual(["TIDINGS_DATABASE_URL"]);
  });

  test("file that cannot be read, is no mapping, or names itself is a fault", () => {
    const env = { TIDINGS_CONFIG_FILE: "x.yaml" };
    expect(faultsOf(env)[0]?.message).toContain("no such file");
    expect(faultsOf(env, () => "[1, 2")[0]?.name).toBe("TIDINGS_CONFIG_FILE");
    expect(faultsOf(env, () => "just text")[0]?.name).toBe("TIDINGS_CONFIG_FILE");
    expect(faultsOf(env, () => "TIDINGS_PORT: {a: 1}")[0]?.message).toContain("TIDINGS_PORT");
    expect(faultsOf(env, () => "TIDINGS_CONFIG_FILE: y.yaml")[0]?.message).toContain("the file that it names");
    expect(configOf(env, () => "").api.port).toBe(4400);
  });

  test("of an OTLP receiver are read as OpenTelemetry's own are, and faults do not tell them", () => {
    const headers = (text: string) => configOf({ TIDINGS_OTLP_HEADERS: text }).tracing.otlpHeaders;
    expect(headers("Authorization=Bearer%20abc%3D, x-tenant=1=2")).toEqual({
      authorization: "Bearer abc=",
      "x-tenant": "1=2",
    });
    for (const wrong of ["hunter2", "a=hunter2%0d%0ab", "a b=hunter2", "a=%zz"]) {
      const faults = faultsOf({ TIDINGS_OTLP_HEADERS: wrong });
      expect(faults).toMatchObject([{ name: "TIDINGS_OTLP_HEADERS" }]);
      expect(JSON.stringify(faults)).not.toContain("hunter2");
    }
    for (const url of ["localhost:4318", "http://u:p@x:4318", "http://x:4318/?a=b", "ftp://x"])
      expect(faultsOf({ TIDINGS_OTLP_URL: url })).toMatchObject([{ name: "TIDINGS_OTLP_URL" }]);
    for (const ratio of ["1.5", "-0.1", "all", "1e-2"])
      expect(faultsOf({ TIDINGS_TRACE_SAMPLE_RATIO: ratio })).toMatchObject([{ name: "TIDINGS_TRACE_SAMPLE_RATIO" }]);
    const ratioOf = (text: string) => configOf({ TIDINGS_TRACE_SAMPLE_RATIO: text }).tracing.sampleRatio;
    expect(["0", "0.25", "1", ".5"].map(ratioOf)).toEqual([0, 0.25, 1, 0.5]);
  });

  test("are described once each, with defaults that they accept themselves", () => {
    const described = describeSettings();
    expect(new Set(described.map((setting) => setting.name)).size).toBe(described.length);
    expect(described.every((setting) => /^TIDINGS_[A-Z_]+$/.test(setting.name) && setting.description !== "")).toBe(
      true,
    );
    expect(described.filter((setting) => setting.secret).map((setting) => setting.name)).toEqual([
      "TIDINGS_MASTER_KEY",
      "TIDINGS_API_KEY",
      "TIDINGS_PRODUCTION_API_KEY",
      "TIDINGS_DATABASE_URL",
      "TIDINGS_DATABASE_REPLICA_URL",
      "TIDINGS_QUEUE_URL",
      "TIDINGS_OTLP_HEADERS",
    ]);
    const env = Object.fromEntries(described.map((setting) => [setting.name, setting.default]));
    expect(configOf(env)).toEqual(defaultConfig());
  });
});
