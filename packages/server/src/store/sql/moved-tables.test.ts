import { afterAll, describe, expect, test } from "vitest";
import { Database } from "../sqlite/database.ts";
import { migrate } from "../sqlite/migrate.ts";
import { keyOf, movedTable } from "./moved-table.ts";
import { movedTables } from "./moved-tables.ts";

const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
migrate(database, 0);
afterAll(() => database.close());

describe("what a store consists of", () => {
  test("is every table of the embedded store, so that a new one cannot be forgotten", () => {
    const stored = database.all("select name from sqlite_master where type = 'table'").map(({ name }) => name);
    expect(stored.toSorted()).toEqual(["migration", ...movedTables.map(({ name }) => name)].toSorted());
  });

  test("is every column, and in its place what the embedded store does not have", () => {
    for (const { name, columns } of movedTables) {
      const stored = database.all(`select name from pragma_table_info('${name}')`).map((row) => row.name);
      expect([name, columns.filter(({ source }) => source === undefined).map((column) => column.name)]).toEqual([
        name,
        expect.arrayContaining(
          stored.filter((column) => columns.every((each) => each.name !== column || each.source === undefined)),
        ),
      ]);
      const own = columns.filter(({ source }) => source === undefined).map((column) => column.name);
      expect([name, own.filter((column) => !stored.includes(column))]).toEqual([name, []]);
    }
  });

  test("has keys by which the embedded store finds rows without reading others", () => {
    for (const { name, key } of movedTables) {
      const tuple = key.map((column) => `${name}.${column}`).join(", ");
      const places = key.map(() => "?").join(", ");
      const plan = database.all(
        `explain query plan select * from ${name} where (${tuple}) > (${places}) order by ${tuple}`,
        ...key.map(() => 0),
      );
      const details = plan.map(({ detail }) => String(detail)).join("; ");
      expect([name, details]).toEqual([name, expect.stringMatching(/^SEARCH /)]);
      expect([name, details]).toEqual([name, expect.not.stringContaining("TEMP B-TREE")]);
    }
  });
});

describe("a key", () => {
  const table = movedTable("t", "b a", "a:i x:t b:t");

  test("is the row's values in the order of the key", () => {
    expect(keyOf(table, [1, "x", "b"])).toEqual(["b", 1]);
  });

  test("is refused where a part of it is missing, and a column without a type", () => {
    expect(() => keyOf(table, [1, "x", null])).toThrow("a row of t has no b");
    expect(() => movedTable("t", "a", "a")).toThrow("column t.a has no type");
  });
});
