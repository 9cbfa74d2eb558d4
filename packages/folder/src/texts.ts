import { pathText } from "@tidings/contract/faults";

/** All texts of a document with their paths. */
export function texts(value: unknown, path: readonly (string | number)[] = []): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path: pathText(path), text: value }];
  if (Array.isArray(value)) return value.flatMap((each, index) => texts(each, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => texts(each, [...path, name]));
}
