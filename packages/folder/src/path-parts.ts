/** The parts of a path as faults write it: `steps[0].channel`, or `data["odd name"]`. */
export function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? "") : quoted.replaceAll(/\\(.)/g, "$1");
  });
}
