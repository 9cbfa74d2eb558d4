/** What the exit status of `tidings` says; scripts may rely on it. `start` ends with the server's own. */
export const exitCodes = {
  ok: { code: 0, means: "Done" },
  difference: { code: 1, means: "A difference was found, or a check failed; nothing is wrong with the call itself" },
  usage: { code: 2, means: "The command, its options, a file or the settings are wrong" },
  refused: { code: 3, means: "The API refused the request" },
  unreachable: { code: 4, means: "The API could not be reached, or did not answer in time" },
  fault: { code: 70, means: "A fault of tidings itself; --debug shows where" },
  interrupted: { code: 130, means: "Interrupted, by Ctrl-C" },
} as const satisfies Record<string, { code: number; means: string }>;

export type Outcome = keyof typeof exitCodes;
