import { clockConformance } from "./clock.conformance.ts";
import { SystemClock } from "./system-clock.ts";

clockConformance("of the machine", () => ({ clock: new SystemClock(), drive: () => undefined }));
