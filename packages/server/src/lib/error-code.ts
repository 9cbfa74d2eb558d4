/** A code of the closed kind that errors carry: their text may have a name or an address in it. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "fault";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
