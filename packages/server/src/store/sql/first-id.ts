/** The lowest id of a moment: ids begin with 48 bits of their time (lib/ids). */
export function firstIdOf(timeMs: number): string {
  const hex = Math.trunc(timeMs).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
