import { getDeadLetter, listDeadLetters } from "./dead-letters.ts";
import { replayDeadLetters } from "./replay-dead-letters.ts";
import { deleteSourceLetters, findSourceLetters, loadSourceLetter, writeSourceLetters } from "./source-letters.ts";

export const deadLetterCalls = {
  listDeadLetters,
  getDeadLetter,
  replayDeadLetters,
  writeSourceLetters,
  findSourceLetters,
  loadSourceLetter,
  deleteSourceLetters,
};
