import { describe, expect, test } from "vitest";
import { noChoices, writtenChoices } from "../../domain/policy/choices.ts";
import type { SuppressionKey } from "../../domain/suppression.ts";
import type { ChoicesWrite } from "../../ports/store/choices.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const addressHash = "free";
const keyOf = (value: string): SuppressionKey => ({ channel: "email", addressHash, scope: "category", value });
const rowOf = (value: string) => ({ ...keyOf(value), reason: "one_click", createdAt: 1 });

function writeOf({ environmentId }: Corner, version: number): ChoicesWrite {
  const choices = writtenChoices(noChoices);
  return { environmentId, id: "u1", version, wrappedKey: "key", choices, optOuts: [], consents: [] };
}

async function stored({ store, environmentId }: Corner): Promise<string[]> {
  const of = { environmentId, after: undefined, channel: "email", addressHash, limit: 10 } as const;
  return (await store.listSuppressions(of)).items.map(({ value }) => value);
}

export function choiceSuppressionsConformance(open: OpenCorner): void {
  describe("suppressions that are written with choices", () => {
    test("come and go with them, and neither where the recipient was changed meanwhile", async () => {
      const corner = await open();
      const { store } = corner;
      await store.putRecipient({ recipient: corner.recipient() });
      const first = { ...writeOf(corner, 1), suppress: [rowOf("orders"), rowOf("news")] };
      expect(await store.putChoices({ writes: [first] })).toEqual([true]);
      expect(await stored(corner)).toEqual(["news", "orders"]);
      expect(await corner.start(await corner.queued({ addressHash }))).toBe("suppressed");
      const late = { ...writeOf(corner, 1), release: [keyOf("news")], suppress: [rowOf("offers")] };
      expect(await store.putChoices({ writes: [late] })).toEqual([false]);
      expect(await stored(corner)).toEqual(["news", "orders"]);
      const second = { ...late, version: 2, release: [keyOf("orders"), keyOf("never")] };
      expect(await store.putChoices({ writes: [second] })).toEqual([true]);
      expect(await stored(corner)).toEqual(["news", "offers"]);
      expect(await corner.start(await corner.queued({ addressHash }))).toBe("started");
    });

    test("of an address alone are added and taken away in one call", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await store.addSuppressions({ environmentId, suppressions: [rowOf("a"), rowOf("b")] });
      const change = { environmentId, suppressions: [rowOf("c"), rowOf("b")], release: [keyOf("a"), keyOf("x")] };
      expect(await store.addSuppressions(change)).toBe(1);
      expect(await stored(corner)).toEqual(["b", "c"]);
    });
  });
}
