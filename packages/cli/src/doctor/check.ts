/** What was looked at, and how it is. `note` is nothing wrong, and still good to know. */
export interface Check {
  name: string;
  status: "ok" | "note" | "failed" | "skipped";
  detail: string;
  hint?: string | undefined;
}

export const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail });
export const note = (name: string, detail: string, hint?: string): Check => ({ name, status: "note", detail, hint });
export const failed = (name: string, detail: string, hint?: string): Check => ({
  name,
  status: "failed",
  detail,
  hint,
});
export const skipped = (name: string, detail: string): Check => ({ name, status: "skipped", detail });
