import { usage } from "./failure.ts";

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as an option has it: a time, or how long from now, such as `90m`; as the API takes it. */
export function endOf(option: string, text: string, now: number): string {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitsMs[unit] ?? 0);
  if (ms > 0) return new Date(now + ms).toISOString();
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw usage(
    `--${option} must be a time or how long from now, not ${JSON.stringify(text)}`,
    "90m, 4h, 2d, or ISO 8601 with an offset such as 2026-12-01T08:00:00Z",
  );
}
