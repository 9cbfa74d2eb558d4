import { type Lane, lanes } from "@tidings/contract/words";

/** Of no lanes, the one in which nobody waits for anybody. */
export function mostUrgent(among: readonly Lane[]): Lane {
  return lanes.find((lane) => among.includes(lane)) ?? "transactional";
}
