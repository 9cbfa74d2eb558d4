import type { ProbeView } from "@tidings/contract/readiness";
import type { ProbeStand } from "../domain/probe.ts";
import { iso, isoOrNone, orNone } from "./views.ts";

export function probeView({ status, code, detail, at, goodAt }: ProbeStand): ProbeView {
  return { status, code: orNone(code), detail: orNone(detail), at: iso(at), lastGoodAt: isoOrNone(goodAt) };
}
