import type { Fault } from "@tidings/contract/errors";
import { pathText } from "@tidings/contract/faults";
import type { Filler, MappedFrom } from "./mapped-shape.ts";

interface Origin {
  /** Path in the foreign record. */
  origin: string;
  fault: string | undefined;
}

/** Where values came from, by their paths in what was made. */
export type Origins = ReadonlyMap<string, Origin>;

/** Fills once more, and listens. */
export function originsOf(fill: Filler, from: MappedFrom): Origins {
  const origins = new Map<string, Origin>();
  fill(from, (place, origin, fault) => origins.set(pathText([...place]), { origin, fault }), []);
  return origins;
}

/**
 * Each fault by the path in the record that its value was made from, with its own behind it; by the mapping's where that is a
 * constant.
 */
export function translated(faults: readonly Fault[], origins: Origins, kind: "event" | "message"): Fault[] {
  return faults.map(({ path, message }) => {
    const found = nearest(path, origins);
    if (found === undefined) return { path: path === "" ? `mapping.${kind}` : `mapping.${kind}.${path}`, message };
    const further = dotted(found.rest);
    const origin = found.origin === "" || further === "" ? found.origin + further : `${found.origin}.${further}`;
    return { path: origin, message: `${found.fault ?? message} (${path})` };
  });
}

/** Dots for brackets, as mappings write paths. */
const dotted = (path: string): string => path.replaceAll(/\[(\d+)\]/g, ".$1").replace(/^\./, "");

/** The value itself, else what it is a part of, else a part of it that is missing. */
function nearest(path: string, origins: Origins): (Origin & { rest: string }) | undefined {
  const ends = [...path.matchAll(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[\]]+/g)].map(
    ({ 0: part, index }) => index + part.length,
  );
  for (const end of ends.toReversed()) {
    const known = origins.get(path.slice(0, end));
    if (known !== undefined) return { ...known, rest: path.slice(end) };
  }
  for (const [place, known] of origins)
    if (known.fault !== undefined && place.startsWith(path)) return { ...known, rest: "" };
  return undefined;
}
