/** What stands for a value that differs from time to time. */
const varying = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|^\d{4}-\d\d-\d\dT|…/;

/**
 * What of a documented answer the real one does not have; empty where it says the same. The real one may have more
 * fields. Ids, times and texts with `…` count as the same where both are texts.
 */
export function jsonDifference(said: unknown, real: unknown, path = ""): string {
  if (Array.isArray(said)) {
    if (!Array.isArray(real) || real.length < said.length) return `${path} should be a list of ${said.length}`;
    return firstOf(said.map((each, index) => jsonDifference(each, real[index], `${path}[${index}]`)));
  }
  if (typeof said === "object" && said !== null) {
    if (typeof real !== "object" || real === null) return `${path} should be an object`;
    const fields = new Map<string, unknown>(Object.entries(real));
    return firstOf(
      Object.entries(said).map(([name, value]) => jsonDifference(value, fields.get(name), `${path}.${name}`)),
    );
  }
  if (typeof said === "string" && varying.test(said)) return typeof real === "string" ? "" : `${path} should be a text`;
  return said === real ? "" : `${path} should be ${JSON.stringify(said)} and is ${JSON.stringify(real)}`;
}

/** The same for plain text: every documented line stands in the real one; `…` is anything. */
export function textDifference(said: string, real: string): string {
  const missing = said
    .split("\n")
    .filter((line) => line.trim() !== "")
    .find((line) => !new RegExp(line.trim().split("…").map(escaped).join(".*")).test(real));
  return missing === undefined ? "" : `there is no line ${JSON.stringify(missing)}`;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
const firstOf = (differences: readonly string[]): string => differences.find((each) => each !== "") ?? "";
