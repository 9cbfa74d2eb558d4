import { main, root, run } from "./process.mjs";

/*
 * `npm run acceptance`: the suites in their full sizes, where `.ci/run` takes reduced ones. Each step is a script of
 * package.json with the settings that make it large.
 */
const policySizes = {
  TIDINGS_TEST_DIGEST_KEYS: "10000",
  TIDINGS_TEST_DIGEST_EVENTS: "100",
  TIDINGS_TEST_ATTENTION_EVENTS: "100000",
  TIDINGS_TEST_ATTENTION_RECIPIENTS: "100",
  TIDINGS_TEST_FEEDBACK_EVENTS: "100000",
};
const steps = [
  [
    "test",
    {
      TIDINGS_TEST_MUTATIONS: "100000",
      TIDINGS_TEST_SDK_MUTATIONS: "50000",
      TIDINGS_TEST_INBOX_OPERATIONS: "10000",
      ...policySizes,
    },
    [],
  ],
  ["test:docs", {}, []],
  ["check", {}, []],
  ["test:vendors", {}, []],
  [
    "test:crash",
    {
      TIDINGS_TEST_CRASH_EVENTS: "20000",
      TIDINGS_TEST_CRASH_KILLS: "20",
      TIDINGS_TEST_DURABILITY_POSTS: "2000",
      TIDINGS_TEST_CAMPAIGN_RECIPIENTS: "200000",
      TIDINGS_TEST_TOPIC_RECIPIENTS: "1000000",
      TIDINGS_TEST_OUTAGE_SECONDS: "60",
      TIDINGS_TEST_OUTAGE_PER_SECOND: "100000",
    },
    [],
  ],
  [
    "test:crash:postgres",
    {
      TIDINGS_TEST_CRASH_EVENTS: "20000",
      TIDINGS_TEST_CRASH_KILLS: "20",
      TIDINGS_TEST_TOPIC_RECIPIENTS: "1000000",
    },
    [],
  ],
  ["test:crash:kafka", { TIDINGS_TEST_CRASH_EVENTS: "6000", TIDINGS_TEST_CRASH_KILLS: "10" }, []],
  [
    "test:services",
    {
      CI: "true",
      TIDINGS_TEST_WHOLE: "true",
      TIDINGS_TEST_CAMPAIGN_RECIPIENTS: "200000",
      TIDINGS_TEST_PROCESSES_EVENTS: "200000",
      TIDINGS_TEST_PROCESSES_EVENTS_PER_SECOND: "400",
      TIDINGS_TEST_PROCESSES_KILL_EVERY_MS: "5000",
      TIDINGS_TEST_PROCESSES_DATABASE_EVENTS: "10000",
      TIDINGS_TEST_PROCESSES_RATE_SECONDS: "60",
      TIDINGS_TEST_MOVE_MESSAGES: "1000000",
      ...policySizes,
    },
    [],
  ],
  ["test:browser", { CI: "true" }, []],
  ["simulation", {}, ["--seeds", "20000"]],
  ["simulation:bugs", {}, []],
  ["bench", {}, []],
];

await main(async () => {
  let passed = 0;
  for (const [name, env, args] of steps) {
    const startedAt = Date.now();
    process.stdout.write(`\n== ${name} ${args.join(" ")}\n`);
    const code = await run("npm", ["run", name, "--", ...args], { cwd: root, env: { ...process.env, ...env } });
    if (code === 0) passed += 1;
    process.stdout.write(
      `== ${name}: ${code === 0 ? "passed" : "FAILED"} after ${Math.round((Date.now() - startedAt) / 1000)} s\n`,
    );
  }
  process.stdout.write(`${passed} passed, ${steps.length - passed} failed\n`);
  return passed === steps.length ? 0 : 1;
});
