import { describe, expect, test } from "vitest";
import { databaseServers, replicaServers } from "./database-url.ts";

describe("the URL of a database", () => {
  test.each([
    ["postgres://u:p@db:5433/x?application_name=a", ["postgres://u:p@db:5433/x?application_name=a"]],
    ["postgresql://db", ["postgresql://db"]],
    ["postgres://u:p%40@a,b:5433/x", ["postgres://u:p%40@a/x", "postgres://u:p%40@b:5433/x"]],
    ["postgres://u@[::1]:5432,10.0.0.2/x", ["postgres://u@[::1]:5432/x", "postgres://u@10.0.0.2/x"]],
    [
      "postgres://u@a,b/x?target_session_attrs=read-write&keep=1",
      ["postgres://u@a/x?keep=1", "postgres://u@b/x?keep=1"],
    ],
  ])("%s names its servers in order", (text, urls) => {
    expect(databaseServers(text)).toEqual({ urls });
  });

  test.each(["read-only", "standby", "prefer-standby"])(
    "of a replica may ask for %s, which is what is looked for",
    (attribute) => {
      expect(replicaServers(`postgres://u@a,b/x?target_session_attrs=${attribute}`)).toEqual({
        urls: ["postgres://u@a/x", "postgres://u@b/x"],
      });
    },
  );

  test("of a replica may not ask for a server that takes writes", () => {
    const { fault } = replicaServers("postgres://u:p@a/x?target_session_attrs=read-write") as { fault: string };
    expect(fault).toContain("target_session_attrs=read-write: only read-only and standby and prefer-standby");
  });

  test.each([
    ["mysql://db/x", "must be a URL such as"],
    ["postgres://u:p@db:port/x", "must be a URL such as"],
    ["postgres://u:p@a,,b/x", "names no host in place 2"],
    ["postgres://u:p@a,b:99999/x", "cannot be read in place 2"],
    ["postgres://u:p@a,b/x?target_session_attrs=standby", "target_session_attrs=standby"],
    [`postgres://u:p@${Array.from({ length: 17 }, (_, index) => `h${index}`).join(",")}/x`, "at most 16 hosts"],
  ])("%s is refused, and told why without its password", (text, why) => {
    const { fault } = databaseServers(text) as { fault: string };
    expect(fault).toContain(why);
    expect(fault).not.toContain("u:p@");
  });
});
