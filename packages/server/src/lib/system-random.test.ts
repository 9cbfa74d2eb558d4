import { randomConformance } from "./random.conformance.ts";
import { SystemRandom } from "./system-random.ts";

randomConformance("of the machine", () => new SystemRandom());
