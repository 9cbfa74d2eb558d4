import { describe, expect, test } from "vitest";
import { Servers } from "./servers.ts";

const tls = { mode: "off", caFile: "" } as const;

/** Three servers of which those in `right` can be used; what was tried comes in order. */
function three() {
  const tried: string[] = [];
  const right = new Set<string>();
  const servers = new Servers(["a", "b", "c"].map((url) => ({ url, tls })));
  const reach = () =>
    servers.reach(async ({ url }) => {
      tried.push(url);
      if (!right.has(url)) throw new Error(`${url} is a standby`);
      return url;
    });
  return { reach, right, tried };
}

describe("the servers of a database", () => {
  test("are tried in turn, from the one on that was right last", async () => {
    const { reach, right, tried } = three();
    right.add("b");
    expect([await reach(), await reach()]).toEqual(["b", "b"]);
    right.delete("b");
    right.add("a");
    expect(await reach()).toBe("a");
    expect(tried.join("")).toBe("abbbca");
  });

  test("are told of one by one where none can be used", async () => {
    const { reach } = three();
    await expect(reach()).rejects.toThrow(
      "none of its 3 servers can be used: a is a standby; b is a standby; c is a standby",
    );
  });
});
