import type { Log } from "../observe/log.ts";

export interface ServerHooks {
  log: Log;
  version: string;
  /** Nothing can be stored any more: the process is of no use. */
  onFatal: (error: Error) => void;
}
