import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLoopback, resolveConnection } from "./connection.ts";

const key = "tdg_d_local-key-of-this-folder-0123456789";
let cwd = "";
let bare = "";

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tidings cli "));
  bare = mkdtempSync(join(tmpdir(), "tidings bare "));
  mkdirSync(join(cwd, "data"));
  mkdirSync(join(cwd, "deep/er"), { recursive: true });
  writeFileSync(join(cwd, "data/api-key"), `${key}\n`);
  writeFileSync(
    join(cwd, "tidings.yaml"),
    [
      "environments:",
      "  staging: { url: https://staging.example.com/, apiKey: { fromEnv: STAGING_KEY } }",
      "  local: { url: http://127.0.0.1:4999 }",
    ].join("\n"),
  );
});

afterAll(() => {
  for (const folder of [cwd, bare]) rmSync(folder, { recursive: true, force: true });
});

describe("where the API is", () => {
  test("is this folder's server with this folder's key where nobody says anything", () => {
    expect(resolveConnection({ env: {}, cwd }, {})).toMatchObject({ url: "http://localhost:4400", apiKey: key });
  });

  test("follows the settings of the server", () => {
    const env = { TIDINGS_PORT: "5000", TIDINGS_HOST: "0.0.0.0", TIDINGS_DATA_DIR: join(cwd, "data") };
    expect(resolveConnection({ env, cwd: bare }, {})).toMatchObject({ url: "http://localhost:5000", apiKey: key });
  });

  test("is said by an option before a variable", () => {
    const env = { TIDINGS_URL: "https://variable.example.com", TIDINGS_API_KEY: "variable" };
    expect(resolveConnection({ env, cwd }, {})).toMatchObject({
      url: "https://variable.example.com",
      apiKey: "variable",
    });
    const given = { url: "https://option.example.com/", apiKey: "option" };
    expect(resolveConnection({ env, cwd }, given)).toMatchObject({
      url: "https://option.example.com",
      apiKey: "option",
    });
  });

  test("is said by a profile that was named before variables, from a folder below too", () => {
    const env = { TIDINGS_URL: "https://variable.example.com", TIDINGS_API_KEY: "variable", STAGING_KEY: "staging" };
    expect(resolveConnection({ env, cwd: join(cwd, "deep/er") }, { profile: "staging" })).toMatchObject({
      url: "https://staging.example.com",
      apiKey: "staging",
      keySource: "STAGING_KEY",
      profile: "staging",
    });
  });

  test("never gets the key of another place", () => {
    const env = { TIDINGS_API_KEY: "variable" };
    expect(resolveConnection({ env: {}, cwd }, { url: "https://elsewhere.example.com" }).apiKey).toBeUndefined();
    expect(resolveConnection({ env, cwd }, { profile: "local" }).apiKey).toBe(key);
    const elsewhere = { profile: "staging", url: "https://elsewhere.example.com" };
    expect(resolveConnection({ env: { ...env, STAGING_KEY: "s" }, cwd }, elsewhere).apiKey).toBeUndefined();
  });

  test("is told what is wrong", () => {
    const at =
      (given: Parameters<typeof resolveConnection>[1], where = cwd, env = {}) =>
      () =>
        resolveConnection({ env, cwd: where }, given);
    expect(at({ profile: "stagin" })).toThrow('has no environment "stagin"');
    expect(at({ profile: "staging" })).toThrow("STAGING_KEY is not set");
    expect(at({ profile: "staging" }, bare)).toThrow("there is no tidings.yaml");
    expect(at({ url: "localhost:4400" })).toThrow("--url is no http or https URL");
    expect(at({ url: "https://user:secret@example.com" })).toThrow("user name or password");
    writeFileSync(join(bare, "tidings.yaml"), "environments: { p: { url: ftp://x, apiKey: tdg_written } }");
    expect(at({}, bare)).toThrow("has faults");
    writeFileSync(join(bare, "tidings.yaml"), "environments: [");
    expect(at({}, bare)).toThrow("is not YAML");
    rmSync(join(bare, "tidings.yaml"));
  });
});

test.each([
  ["http://localhost:4400", true],
  ["http://127.0.0.1:1", true],
  ["http://[::1]:4400", true],
  ["http://localhost.example.com", false],
  ["http://127.0.0.1.example.com", false],
  ["https://10.0.0.1", false],
  ["nonsense", false],
])("%s is this machine: %s", (url, is) => {
  expect(isLoopback(url)).toBe(is);
});
