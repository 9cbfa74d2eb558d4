import { describe, expect, test } from "vitest";
import { OldVersions, type VersionKey } from "./old-versions.ts";

function bench(max: number) {
  const reads: number[] = [];
  const old = new OldVersions<string>(max, async ({ environmentId, key, version }: VersionKey) => {
    reads.push(version);
    if (version === 13) throw new Error("disk");
    return version > 100 ? undefined : { environmentId, key, version, document: `v${version}` };
  });
  const get = (version: number) => old.get({ environmentId: 1, key: "a", version });
  return { reads, get };
}

describe("old versions", () => {
  test("are read once, also by callers that come together", async () => {
    const { reads, get } = bench(10);
    await Promise.all([get(1), get(1)]);
    expect((await get(1))?.document).toBe("v1");
    expect(reads).toEqual([1]);
  });

  test("not used for longest are forgotten first", async () => {
    const { reads, get } = bench(2);
    for (const version of [1, 2, 1, 3, 1, 2]) await get(version);
    expect(reads).toEqual([1, 2, 3, 2]);
  });

  test("that are missing or could not be read are asked for again", async () => {
    const { reads, get } = bench(10);
    expect(await get(101)).toBeUndefined();
    expect(await get(101)).toBeUndefined();
    await expect(get(13)).rejects.toThrow("disk");
    await expect(get(13)).rejects.toThrow("disk");
    expect(reads).toEqual([101, 101, 13, 13]);
  });
});
