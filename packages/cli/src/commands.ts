import type { Command } from "./command.ts";
import { deadLetters } from "./commands/dead-letters.ts";
import { doctor } from "./commands/doctor.ts";
import { keys } from "./commands/keys.ts";
import { send } from "./commands/send.ts";
import { start } from "./commands/start.ts";
import { tail } from "./commands/tail.ts";

/** All commands, in the order of help and reference. */
export const commands: readonly Command[] = [start, send, tail, ...deadLetters, ...keys, doctor];
