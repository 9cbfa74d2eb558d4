import type { OutboundMessage } from "../../ports/provider.ts";
import type { SnsAttribute } from "../aws/sns-publish.ts";

/** Both APNs and FCM take 4 KB. */
const payloadBytesMax = 4096;
/** Of apns-collapse-id; a longer key is left out, as the message matters more. */
const collapseBytesMax = 64;

/** The platform is in the endpoint's ARN: `…:endpoint/GCM/app/uuid`. */
const endpoint = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint\/([A-Z_]{2,30})\/[\w.-]{1,256}\/[\w-]{1,100}$/;

/** Undefined where it is no endpoint of SNS. */
export const platformOf = (arn: string): string | undefined => endpoint.exec(arn)?.[1];

export interface SnsPush {
  /** `Message` for MessageStructure json: a text for all platforms, and what the endpoint's own takes, each a string. */
  message: string;
  attributes: Record<string, SnsAttribute>;
}

/** docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html; a fault where it is too long. */
export function snsPush(message: OutboundMessage, platform: string, nowMs: number): SnsPush | { fault: string } {
  const { text, subject } = message.content;
  const fallback = text ?? subject;
  if (fallback === undefined) return { fault: "neither title nor text" };
  const leftSeconds =
    message.expiresAt === null ? undefined : Math.max(0, Math.floor((message.expiresAt - nowMs) / 1000));
  const payload = payloadOf(message, platform, leftSeconds);
  if (payload !== undefined && Buffer.byteLength(payload) > payloadBytesMax)
    return { fault: `more than ${payloadBytesMax} bytes` };
  return {
    message: JSON.stringify({ default: fallback, ...(payload === undefined ? {} : { [platform]: payload }) }),
    attributes: isApple(platform) ? appleAttributes(message, platform, leftSeconds) : {},
  };
}

const isApple = (platform: string): boolean => platform === "APNS" || platform === "APNS_SANDBOX";

function payloadOf(message: OutboundMessage, platform: string, leftSeconds: number | undefined): string | undefined {
  if (isApple(platform)) return JSON.stringify(applePayload(message));
  if (platform === "GCM") return JSON.stringify({ fcmV1Message: { message: googleMessage(message, leftSeconds) } });
  // of others (ADM, WNS, Baidu) the text goes out
  return undefined;
}

/** developer.apple.com/documentation/usernotifications/generating-a-remote-notification */
function applePayload({ content: { subject, text, push = {} } }: OutboundMessage): object {
  const { url, imageUrl, data, badge, sound } = push;
  return {
    ...data,
    ...(url === undefined ? {} : { url }),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    aps: {
      alert: { title: subject, body: text },
      badge,
      sound,
      // the app fetches the picture before it shows the message
      ...(imageUrl === undefined ? {} : { "mutable-content": 1 }),
    },
  };
}

/** firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
function googleMessage({ content, lane }: OutboundMessage, leftSeconds: number | undefined): object {
  const { url, imageUrl, data, badge, sound, collapseKey } = content.push ?? {};
  return {
    notification: { title: content.subject, body: content.text, image: imageUrl },
    data: data === undefined && url === undefined ? undefined : { ...data, ...(url === undefined ? {} : { url }) },
    android: {
      priority: lane === "marketing" ? "normal" : "high",
      collapse_key: collapseKey,
      ttl: leftSeconds === undefined ? undefined : `${leftSeconds}s`,
      notification: { sound, tag: collapseKey, notification_count: badge },
    },
  };
}

/** What goes into headers of APNs: docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html. */
function appleAttributes(
  { content, lane }: OutboundMessage,
  platform: string,
  leftSeconds: number | undefined,
): Record<string, SnsAttribute> {
  const text = (value: string): SnsAttribute => ({ type: "String", value });
  const collapseKey = content.push?.collapseKey;
  return {
    "AWS.SNS.MOBILE.APNS.PUSH_TYPE": text("alert"),
    "AWS.SNS.MOBILE.APNS.PRIORITY": text(lane === "marketing" ? "5" : "10"),
    ...(collapseKey === undefined || Buffer.byteLength(collapseKey) > collapseBytesMax
      ? {}
      : { "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": text(collapseKey) }),
    ...(leftSeconds === undefined ? {} : { [`AWS.SNS.MOBILE.${platform}.TTL`]: text(String(leftSeconds)) }),
  };
}
