import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { startPostgres } from "./postgres.ts";
import { whyNoPostgres } from "./postgres-programs.ts";
import { sql } from "./postgres-sql.ts";
import { runProgram } from "./programs.ts";

const program = fileURLToPath(new URL("../../../scripts/services", import.meta.url));
const reason = whyNoPostgres("15");

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(`scripts/services ${reason ?? ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-state-"));
  const services = (...args: string[]): string =>
    runProgram(["env", `TIDINGS_TEST_SERVICES_DIR=${folder}`, program, ...args], tmpdir());

  afterAll(() => {
    services("down");
    rmSync(folder, { recursive: true, force: true });
  });

  it("starts a server once, goes on without it, and ends that one alone", async () => {
    const other = await startPostgres({ version: "15" });
    try {
      runProgram(["chmod", "711", folder], folder);
      const said = services("up", "postgres-15");
      const url = /postgres:\/\/tidings\S+/.exec(said)?.[0] ?? "";
      await sql(url, "create table kept (id int)");
      expect(services("up", "postgres-15")).toBe(said);
      expect(await sql(url, "select count(*)::int from kept")).toEqual([{ count: 0 }]);
      services("down");
      await expect(sql(url, "select 1")).rejects.toThrow();
      expect(readdirSync(folder)).toEqual([]);
      expect(await sql(other.url, "select 1 as one")).toEqual([{ one: 1 }]);
    } finally {
      await other.remove();
    }
    expect(existsSync(other.folder)).toBe(false);
  });

  it("refuses a server that it does not know", () => {
    expect(() => services("up", "oracle")).toThrow(/no oracle/);
  });
});
