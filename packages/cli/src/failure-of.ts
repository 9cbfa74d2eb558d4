import {
  TidingsAbortError,
  TidingsAnswerError,
  TidingsApiError,
  TidingsConnectionError,
  TidingsInputError,
  TidingsTimeoutError,
} from "@tidings/client";
import { Failure, type Place } from "./failure.ts";

/** Anything that was thrown as what its user reads. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof TidingsApiError) return refused(error);
  if (error instanceof TidingsAbortError) return new Failure("interrupted", "interrupted", { cause: error });
  if (error instanceof TidingsTimeoutError)
    return new Failure("unreachable", `the API did not answer within ${Math.round(error.timeoutMs / 1000)} s`, {
      hint: "--timeout gives it longer; tidings doctor looks at what is wrong",
      cause: error,
    });
  if (error instanceof TidingsConnectionError)
    return new Failure("unreachable", `the API cannot be reached${reasonOf(error)}`, {
      hint: "Does it run (tidings start), and is the address right? tidings doctor tells where it comes from",
      cause: error,
    });
  if (error instanceof TidingsInputError)
    return new Failure("usage", "what was given is not what the API takes", {
      places: error.faults.map(placeOf),
      cause: error,
    });
  if (error instanceof TidingsAnswerError)
    return new Failure(
      "unreachable",
      "the answer is not one of Tidings: something else answers there, or another version",
      {
        places: error.faults.slice(0, 3).map(placeOf),
        hint: "tidings doctor tells who answers",
        cause: error,
      },
    );
  return new Failure("fault", error instanceof Error ? error.message : String(error), {
    hint: "This is a fault of tidings itself; --debug shows where",
    cause: error,
  });
}

const hints: Readonly<Record<string, string>> = {
  unauthorized: "tidings doctor tells which key is used and where it comes from",
  forbidden: "Use a key of that environment: --profile, or TIDINGS_API_KEY",
  not_found: "Look at the spelling, and at the environment: an id of one is unknown in another",
  rate_limited: "Try again in a moment",
  overloaded: "Try again in a moment",
  stopping: "The server is stopping; try again when it is back",
  version_conflict: "Somebody changed it meanwhile: look at the difference again",
};

function refused(error: TidingsApiError): Failure {
  const { title, detail } = error.problem;
  const serverHint =
    error.code === "internal" && error.requestId !== undefined
      ? `The server's log has it under ${error.requestId}`
      : undefined;
  return new Failure("refused", `the API refused it: ${detail ?? title}`, {
    code: error.code,
    places: error.faults.map(placeOf),
    hint: hints[error.code] ?? serverHint,
    cause: error,
  });
}

function placeOf({ path, message }: { path: string; message: string }): Place {
  return { at: path, message };
}

/** What lies at the bottom, such as `connect ECONNREFUSED 127.0.0.1:4400`. */
function reasonOf(error: Error): string {
  let reason = "";
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause) {
    const code: unknown = Reflect.get(at, "code");
    const text = at.message !== "" ? at.message : typeof code === "string" ? code : "";
    if (text !== "") reason = text;
  }
  return reason === "" ? "" : `: ${reason}`;
}
