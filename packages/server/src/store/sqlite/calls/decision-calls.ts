import { listDecisions } from "./list-decisions.ts";
import { weighTurn } from "./weigh-turn.ts";

/** What was decided, and what would be. */
export const decisionCalls = { listDecisions, weighTurn };
