import { expect, test } from "vitest";
import { type Config, defaultConfig } from "../config.ts";
import { orchestrateLimits } from "./orchestrate.ts";

function shortStride(url: string | undefined, orchestrate: Partial<Config["orchestrate"]> = {}): number {
  const config = defaultConfig();
  const database = { ...config.database, url };
  return orchestrateLimits({ ...config, database, orchestrate: { ...config.orchestrate, ...orchestrate } })
    .recipientsPerShortStride;
}

const postgres = "postgres://127.0.0.1/tidings";

test("short strides are as long as a turn on the embedded store, and twice as long on PostgreSQL", () => {
  expect(shortStride(undefined, { turnRecipientsMax: 30 })).toBe(30);
  expect(shortStride(postgres, { turnRecipientsMax: 30 })).toBe(60);
});

test("a short stride is never longer than one that is taken while nothing more urgent comes", () => {
  expect(shortStride(postgres, { turnRecipientsMax: 300, strideRecipientsMax: 400 })).toBe(400);
});
