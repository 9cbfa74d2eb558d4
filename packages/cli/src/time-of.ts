import { timeSchema } from "@tidings/contract/text";
import { usage } from "./failure.ts";

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** A time as people write it: `90m`, `24h`, `7d` or `2w` ago, or one in ISO 8601. `option` is named where it is neither. */
export function timeOf(text: string, option: string, now: number): string {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const ms = unit === undefined ? undefined : unitMs[unit];
  if (count !== undefined && ms !== undefined) return new Date(now - Number(count) * ms).toISOString();
  if (timeSchema.safeParse(text).success) return text;
  throw usage(
    `--${option} must be a time, such as 24h or 2026-11-01T00:00:00Z, not ${JSON.stringify(text)}`,
    "m, h, d and w are minutes, hours, days and weeks ago",
  );
}
