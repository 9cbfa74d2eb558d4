import type { Lane } from "@tidings/contract/words";

/** Lane of calls whose input does not name one: people wait for most of them. */
const otherwise: Lane = "transactional";

/** Batches are of one lane where it matters, so the first item speaks for all. */
export function laneOfCall(input: unknown): Lane {
  if (typeof input !== "object" || input === null) return otherwise;
  if ("lane" in input) return lane(input.lane);
  for (const list of ["events", "turns", "attempts", "outcomes"] as const) {
    const items: unknown = Reflect.get(input, list);
    if (!Array.isArray(items)) continue;
    const first: unknown = items[0];
    return typeof first === "object" && first !== null && "lane" in first ? lane(first.lane) : otherwise;
  }
  return otherwise;
}

function lane(value: unknown): Lane {
  return value === "critical" || value === "marketing" ? value : otherwise;
}
