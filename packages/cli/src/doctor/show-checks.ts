import { pad } from "../table.ts";
import { plain, type Style, type Terminal } from "../terminal.ts";
import type { Check } from "./check.ts";

const signs: Record<Check["status"], [string, Style]> = {
  ok: ["✓", "green"],
  note: ["!", "yellow"],
  failed: ["✗", "red"],
  skipped: ["·", "dim"],
};

/** A line per check, with what to do about it below. Names and details may come from elsewhere, as out of DNS. */
export function showChecks(checks: readonly Check[], terminal: Terminal): void {
  const widest = Math.max(0, ...checks.map(({ name }) => plain(name).length));
  for (const { name, status, detail, hint } of checks) {
    const [sign, style] = signs[status];
    terminal.out(`${terminal.style(style, sign)} ${pad(plain(name), widest)}  ${plain(detail)}`);
    if (hint !== undefined && status !== "ok")
      terminal.out(`  ${" ".repeat(widest)}  ${terminal.style("dim", plain(hint))}`);
  }
}
