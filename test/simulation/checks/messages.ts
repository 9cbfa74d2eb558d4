import { channels, type MessageState } from "@tidings/contract/words";
import type { Cast } from "../cast.ts";
import { attemptsOf, workflows } from "../documents.ts";
import type { LoggedMessage } from "../ledger.ts";
import { expectedSends } from "./expected.ts";
import type { EndFacts, MessageFact } from "./facts.ts";

/** Time in which a process that lives has recorded what it was answered. */
const evidenceMs = 5000;

/** Every message has ended, for a reason that the world gave it, and went out as often as its class allows. */
export function checkMessages(cast: Cast, facts: EndFacts): void {
  for (const message of cast.ledger.messages.values()) {
    const fact = facts.messages.get(message.id);
    if (fact === undefined || fact.state !== message.state) {
      cast.world.violate("moves-are-legal", `${message.id} is ${fact?.state}, logged ${message.state}`);
      continue;
    }
    const fault = faultOf(cast, facts, message, fact);
    if (fault !== undefined)
      cast.world.violate("message-ends", `${message.id} is ${message.state} (${fact.reason}): ${fault}`);
    checkAccepts(cast, message);
    checkAttempts(cast, message, fact);
  }
}

/** What is wrong with the state in which a message ended. */
function faultOf(
  cast: Cast,
  { events, deadLetters }: EndFacts,
  message: LoggedMessage,
  fact: MessageFact,
): string | undefined {
  const intent = events.find(({ id }) => id === message.eventId)?.posted.intent;
  const suppressed = cast.ledger.suppressions.has(`${channels.indexOf(message.channel)}:${message.hash}`);
  const last = message.attempts.at(-1)?.end;
  const reported = (kind: MessageState): boolean =>
    cast.reporter.sent.some((report) => report.messageId === message.id && report.kind === kind);
  switch (message.state) {
    case "queued":
    case "sending":
      return "it never ended";
    case "sent":
      return last?.outcome === "accepted" ? undefined : "its highest attempt was not accepted";
    case "delivered":
    case "bounced":
      return reported(message.state) ? undefined : "nobody reported it";
    case "failed":
      return last?.state === "failed" || reported("failed") ? undefined : "nobody refused it";
    case "suppressed":
      return suppressed || cast.ledger.optOuts.has(`${message.recipient} ${message.category}`)
        ? undefined
        : "its address is not suppressed";
    case "expired":
      return message.expiresAt !== null ? undefined : "it has no end";
    case "canceled":
      return fact.reason === "superseded" || cast.canceled.has(intent?.ref ?? "") ? undefined : "nobody canceled it";
    case "unknown":
      return message.lane === "marketing" ? undefined : "its class is repeated";
    case "dead":
      if (!deadLetters.has(message.id)) return "it is no dead letter";
      if (fact.reason === "template_failed")
        return intent?.poison === "title" && message.channel === "email" ? undefined : "it was not poisoned";
      return fact.reason === "retries_exhausted" &&
        fact.attempts.length >= attemptsOf(message.lane, message.channel).min
        ? undefined
        : "it had attempts left";
  }
}

function checkAccepts({ world, offers }: Cast, message: LoggedMessage): void {
  const out = offers.ofMessage(message.id).filter(({ wentOut }) => wentOut).length;
  if (message.lane === "marketing") {
    if (out > 1) world.violate("marketing-at-most-once", `${message.id} went out ${out} times`);
    return;
  }
  const unknown = message.attempts.filter(({ end }) => end === undefined || end.outcome === "unknown").length;
  if (out > 1 + unknown)
    world.violate("accepts-are-bounded", `${message.id} went out ${out} times with ${unknown} unknown`);
}

/** What is recorded of each attempt is what the vendor answered to that very attempt. */
function checkAttempts({ world, offers }: Cast, message: LoggedMessage, fact: MessageFact): void {
  if (fact.attempts.length !== message.attempts.length) {
    world.violate(
      "outcome-of-attempt",
      `${message.id} has ${fact.attempts.length} of ${message.attempts.length} attempts`,
    );
  }
  for (const { number, outcome, code, providerMessageId } of fact.attempts) {
    const offer = offers.of(message.id, number);
    const answer = offer?.answer;
    const name = `${message.id}#${number} is ${outcome} ${code}, answered ${answer?.status ?? "never"}`;
    if (outcome === "accepted" && (answer?.status !== "accepted" || answer.providerMessageId !== providerMessageId)) {
      world.violate("outcome-of-attempt", name);
    }
    if (
      outcome === "rejected" &&
      code !== "lease_too_short" &&
      (answer?.status !== "rejected" || answer.code !== code)
    ) {
      world.violate("outcome-of-attempt", name);
    }
    // What comes late is kept as evidence, unless the process dies on it.
    const heard =
      offer !== undefined && (world.deaths.get(offer.node) ?? Number.POSITIVE_INFINITY) > offer.answeredAt + evidenceMs;
    if (outcome === "unknown" && code === "timeout" && heard && answer !== undefined && answer.status !== "unknown") {
      world.violate("outcome-of-attempt", name);
    }
  }
}

/** A draw is made once: all messages of a run, and all attempts at them, carry one value, which the far side gave for that run. */
export function checkDraws({ world, ledger, offers, people, farSide }: Cast, { events }: EndFacts): void {
  const drawn = new Map<string, string>();
  for (const message of ledger.messages.values()) {
    const event = events.find(({ id }) => id === message.eventId);
    const person = people.find(({ id }) => id === message.recipient);
    if (workflows[message.workflow]?.event !== "lottery.drawn" || event === undefined || person === undefined) continue;
    const send = expectedSends(message.workflow, event.posted.intent, person, () => undefined).find(
      ({ step }) => step === message.step,
    );
    for (const { subject, attempt } of offers.ofMessage(message.id)) {
      const value = subject.split("|")[2] ?? "";
      const known = drawn.get(message.runId) ?? value;
      if (send?.drawn === true) drawn.set(message.runId, known);
      const drew = value === known && farSide.answersOf(message.runId).includes(value);
      const wrong = send?.drawn === true ? !drew : value !== "";
      if (wrong) world.violate("drawn-once", `${message.id}#${attempt} says ${value}, the run drew ${known}`);
    }
  }
}

/** A run that ended for want of an answer was refused one last. */
export function checkFailedFetches({ world, farSide }: Cast, { runs, deadLetters }: EndFacts): void {
  for (const { id, state } of runs) {
    const failed = state === "dead" && deadLetters.get(id) === "fetch_failed";
    if (failed && farSide.answersOf(id).at(-1)?.startsWith("v") !== false) world.violate("fetch-fails-for-cause", id);
  }
}

/** What went out is about its own event, and went to an address of its own recipient. */
export function checkContents({ world, ledger, offers, people }: Cast, { events }: EndFacts): void {
  for (const offer of offers.all) {
    const message = ledger.messages.get(offer.messageId);
    const person = people.find(({ id }) => id === message?.recipient);
    const event = events.find(({ id }) => id === message?.eventId);
    const addresses =
      message === undefined || person === undefined ? [] : person[message.channel === "sms" ? "sms" : "email"];
    const [ref, , , recipient] = offer.subject.split("|");
    if (
      event === undefined ||
      ref !== event.posted.intent.ref ||
      recipient !== person?.id ||
      !addresses.includes(offer.to)
    ) {
      world.violate("content-is-its-own", `${offer.messageId}#${offer.attempt}: ${offer.subject} to ${offer.to}`);
    }
  }
}
