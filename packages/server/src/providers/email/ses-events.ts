import { z } from "zod";
import type { FeedbackKind } from "../../domain/feedback.ts";
import type { Feedback, FeedbackResult } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import { messageHeader, messageTag } from "./ses-mail.ts";

/*
 * Events that SES publishes: docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, and the older
 * notifications of an identity (…/dg/notification-contents.html), which have `notificationType` in place of `eventType` and no
 * tags; our id is found there where they are told to hold the mail's headers.
 */

const word = z.string().max(100).optional().catch(undefined);
const time = z.string().max(100);
const topic = z.object({ topicName: z.string().max(200), subscriptionStatus: z.string().max(20) });
const preferences = z.object({
  unsubscribeAll: z.boolean().catch(false),
  topicSubscriptionStatus: z.array(topic).max(100).catch([]),
});
const part = z.object({ timestamp: time });
const eventSchema = z.object({
  eventType: word,
  notificationType: word,
  mail: z.object({
    timestamp: time,
    tags: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .optional()
      .catch(undefined),
  }),
  bounce: part.extend({ bounceType: word, bounceSubType: word }).optional(),
  complaint: part.extend({ complaintSubType: word.nullable(), complaintFeedbackType: word }).optional(),
  delivery: part.optional(),
  open: part.optional(),
  click: part.optional(),
  subscription: part
    .extend({ newTopicPreferences: preferences, oldTopicPreferences: preferences.optional() })
    .optional(),
});
type Event = z.infer<typeof eventSchema>;

/** What an event says, when, and in what words of SES. */
interface Said {
  kinds: readonly FeedbackKind[];
  /** The mail's own time where left out. */
  timestamp?: string | undefined;
  code?: string | undefined;
}

/**
 * Bounces by type, and by subtype where that says more (…/dg/notification-contents.html, "Bounce types"). Out-of-office answers
 * come as Transient too.
 */
const bounces = new Map<string, readonly FeedbackKind[]>(
  Object.entries({
    Permanent: ["bounced"],
    // on a contact list of SES its owner has left; the address is good
    "Permanent/UnsubscribedRecipient": ["failed", "unsubscribed"],
    Transient: ["soft_bounced"],
    "Transient/MessageTooLarge": ["failed"],
    "Transient/ContentRejected": ["failed"],
    "Transient/AttachmentRejected": ["failed"],
    Undetermined: ["soft_bounced"],
  }),
);

/** Events that are not here move nothing: Send, DeliveryDelay, and what SES says when it tries a topic. */
const readers = new Map<string, (event: Event) => Said | undefined>(
  Object.entries<(event: Event) => Said | undefined>({
    Bounce: ({ bounce }) => {
      const { bounceType = "", bounceSubType = "" } = bounce ?? {};
      const code = `${bounceType}/${bounceSubType}`;
      return { kinds: bounces.get(code) ?? bounces.get(bounceType) ?? [], timestamp: bounce?.timestamp, code };
    },
    Complaint: ({ complaint }) => {
      // RFC 5965 §7.3: the recipient says that it was no spam
      if (complaint?.complaintFeedbackType === "not-spam") return undefined;
      // SES took it and did not send it, as its recipient had complained before
      const isOld = complaint?.complaintSubType === "OnAccountSuppressionList";
      const code = isOld ? "OnAccountSuppressionList" : complaint?.complaintFeedbackType;
      return { kinds: isOld ? ["failed", "complained"] : ["complained"], timestamp: complaint?.timestamp, code };
    },
    Delivery: ({ delivery }) => ({ kinds: ["delivered"], timestamp: delivery?.timestamp }),
    Open: ({ open }) => ({ kinds: ["opened"], timestamp: open?.timestamp }),
    Click: ({ click }) => ({ kinds: ["clicked"], timestamp: click?.timestamp }),
    // a virus: nothing was sent
    Reject: () => ({ kinds: ["failed"], code: "Reject" }),
    "Rendering Failure": () => ({ kinds: ["failed"], code: "RenderingFailure" }),
    Subscription: ({ subscription }) =>
      subscription !== undefined && hasLeft(subscription)
        ? { kinds: ["unsubscribed"], timestamp: subscription.timestamp }
        : undefined,
  }),
);

/** `OptOut` in the guide, `OPT_OUT` in the API's own types. */
const optOut = /^opt_?out$/i;

function hasLeft({
  newTopicPreferences: now,
  oldTopicPreferences: before,
}: NonNullable<Event["subscription"]>): boolean {
  if (now.unsubscribeAll) return before?.unsubscribeAll !== true;
  const wasOut = (name: string): boolean =>
    before?.topicSubscriptionStatus.some(
      ({ topicName, subscriptionStatus }) => topicName === name && optOut.test(subscriptionStatus),
    ) === true;
  return now.topicSubscriptionStatus.some(
    ({ topicName, subscriptionStatus }) => optOut.test(subscriptionStatus) && !wasOut(topicName),
  );
}

/** Reads the text of a verified notification. What is no event, such as what SES says when it tries a topic, moves nothing. */
export function readSesEvent(message: string): FeedbackResult {
  const json = parsedJson(Buffer.from(message));
  if (json === undefined) return { status: "verified", feedback: [] };
  const parsed = eventSchema.safeParse(json);
  if (!parsed.success)
    return { status: "malformed", detail: `wrong at ${parsed.error.issues[0]?.path.join(".") || "its root"}` };
  const event = parsed.data;
  const messageId = idOf(event);
  const said = readers.get(event.eventType ?? event.notificationType ?? "")?.(event);
  if (messageId === undefined || said === undefined) return { status: "verified", feedback: [] };
  const at = Date.parse(said.timestamp ?? event.mail.timestamp);
  if (Number.isNaN(at)) return { status: "malformed", detail: "wrong at timestamp" };
  const code = said.code !== undefined && /^[\w/-]{1,100}$/.test(said.code) ? { code: said.code } : {};
  return { status: "verified", feedback: said.kinds.map((kind): Feedback => ({ messageId, kind, at, ...code })) };
}

function idOf({ mail: { tags, headers } }: Event): string | undefined {
  const tag = tags?.[messageTag]?.[0];
  if (tag !== undefined) return tag;
  return headers?.find(({ name }) => name.toLowerCase() === messageHeader.toLowerCase())?.value;
}
