/** SQLSTATE of what a server said, or the code of what a connection met; empty where there is none. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
