import { defineConfig } from "vitest/config";

// The workspace's packages are tested from their sources: no build, and stack traces that point at what was written.
const conditions = ["source", "module", "node", "development|production"];
// By `module` AWS's packages give files that only a bundler can follow.
const vendorConditions = conditions.filter((condition) => condition !== "module");

const seed = Number(process.env.TIDINGS_TEST_SEED ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(seed)) throw new Error("TIDINGS_TEST_SEED must be a whole number");

/** What needs neither a process nor a file of its own. */
const unit = [
  "packages/{cli,client,contract,folder}/src/**/*.test.ts",
  "packages/server/src/{domain,lib,templates,providers}/**/*.test.ts",
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // A process per file: a fault in the native SQLite module ends one file, and its handles are never shared.
    pool: "forks",
    maxWorkers: "100%",
    // vitest prints the seed; TIDINGS_TEST_SEED brings an order back.
    sequence: { shuffle: { files: true, tests: true }, seed },
    expect: { requireAssertions: true },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: unit,
          // No state of theirs outlives a test, so that a process is not begun anew for each file, which took longer than they do.
          isolate: false,
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "fast",
          exclude: [...unit, "**/node_modules/**"],
          include: [
            "packages/**/src/**/*.test.ts",
            "test/*.test.ts",
            "test/e2e/**/*.test.ts",
            "test/simulation/simulation.test.ts",
          ],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "simulation",
          include: ["test/simulation/planted-bugs.test.ts"],
          maxConcurrency: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          include: ["test/crash/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          // They kill processes and count system calls: beside each other they would disturb the figures.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "services",
          include: ["test/services/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          exclude: ["test/services/processes-*.test.ts", "**/node_modules/**"],
          // They wait more than they work, each on servers of its own.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["test/services/processes-*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          // What they measure is time: nothing runs beside them.
          fileParallelism: false,
          sequence: { groupOrder: 1, shuffle: { files: true, tests: true }, seed },
        },
      },
      {
        // Vendors' own libraries have a package of their own, which `npm run test:vendors` installs.
        resolve: { conditions: vendorConditions },
        ssr: { resolve: { conditions: vendorConditions } },
        test: {
          name: "vendors",
          sequence: { shuffle: { files: true, tests: true }, seed },
          pool: "forks",
          expect: { requireAssertions: true },
          include: ["test/vendors/**/*.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "docs",
          include: ["test/docs/**/*.test.ts", "examples/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They start servers and a compiler: one after the other is no slower.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
