import { defineConfig } from "vitest/config";

// The workspace's packages are tested from their sources: no build, and stack traces that point at what was written.
const conditions = ["source", "module", "node", "development|production"];

const seed = Number(process.env.TIDINGS_TEST_SEED ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(seed)) throw new Error("TIDINGS_TEST_SEED must be a whole number");

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
          name: "fast",
          include: [
            "packages/**/src/**/*.test.ts",
            "test/*.test.ts",
            "test/e2e/**/*.test.ts",
            "test/simulation/**/*.test.ts",
          ],
          testTimeout: 20_000,
          hookTimeout: 20_000,
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
          fileParallelism: false,
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
