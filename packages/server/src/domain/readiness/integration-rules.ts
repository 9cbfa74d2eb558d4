import { inUse, type Rule } from "./facts.ts";

export const unusable: Rule = (facts) =>
  inUse(facts)
    .filter(({ isUsable }) => !isUsable)
    .map(({ key, document: { channel, provider } }) => ({
      severity: "error",
      code: "integration_unusable",
      integration: key,
      channel,
      text: `${key} sends nothing: its settings do not fit the provider ${provider} any more. Write it anew`,
    }));

/** One that cannot be used at all is told of by the rule above. */
export const probeFailed: Rule = (facts) =>
  inUse(facts).flatMap(({ key, document: { channel }, isUsable, stand }) => {
    if (!isUsable || stand?.status !== "failed") return [];
    const why = [stand.code, stand.detail].filter((part) => part !== "").join(": ");
    return {
      severity: "error",
      code: "probe_failed",
      integration: key,
      channel,
      text: `${key} does not work${why === "" ? "" : ` (${why})`}, as asked at ${new Date(stand.at).toISOString()}`,
    };
  });

/** The guard pauses marketing by itself, and somebody has to look at the list and let it go on. */
export const marketingPaused: Rule = (facts) =>
  inUse(facts).flatMap(({ key, document: { channel }, marketingPaused: reason }) => {
    if (reason === undefined) return [];
    const why = reason === "" ? "" : ` (${reason})`;
    const text = `marketing by ${key} is paused${why}: what it would send waits. Resume it with: tidings resume marketing ${key}`;
    return { severity: "warning", code: "marketing_paused", integration: key, channel, text };
  });

export const feedbackUnreachable: Rule = (facts) =>
  facts.publicUrl === undefined
    ? inUse(facts)
        .filter(({ reports }) => reports)
        .map(({ key, document: { channel, provider } }) => ({
          severity: "warning",
          code: "feedback_unreachable",
          integration: key,
          channel,
          text: `${provider} cannot report what becomes of messages by ${key}: set TIDINGS_PUBLIC_URL to where it reaches this server`,
        }))
    : [];
