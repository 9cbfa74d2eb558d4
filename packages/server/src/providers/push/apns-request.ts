import type { OutboundMessage } from "../../ports/provider.ts";
import { fittingKey, mayWake } from "./options.ts";

/** developer.apple.com, "Generating a remote notification": the payload of all but VoIP. */
export const payloadBytesMax = 4096;

/** Apple names no length, and asks for none to be assumed: hexadecimal digits, of 32 bytes or more. */
export const isApnsToken = (to: string): boolean => /^(?:[0-9a-f]{2}){32,128}$/i.test(to);

/** Something to see or hear; what has only data for the application is a background notification. */
const isAlert = ({ subject, text, push }: OutboundMessage["content"]): boolean =>
  subject !== undefined || text !== undefined || push?.badge !== undefined || push?.sound !== undefined;

/** By "Sending notification requests to APNs". */
export function apnsHeaders(message: OutboundMessage, topic: string): Record<string, string> {
  const { content, expiresAt, id } = message;
  const alert = isAlert(content);
  const collapseKey = content.push?.collapseKey;
  return {
    "apns-id": id,
    "apns-topic": topic,
    "apns-push-type": alert ? "alert" : "background",
    // 10 is an error for background notifications
    "apns-priority": alert && mayWake(message) ? "10" : "5",
    ...(expiresAt === null ? {} : { "apns-expiration": String(Math.max(Math.floor(expiresAt / 1000), 1)) }),
    // 64 bytes at most
    ...(collapseKey === undefined ? {} : { "apns-collapse-id": fittingKey(collapseKey, /^[ -~]{1,64}$/, 43) }),
  };
}

/** The body, as text: what the application reads beside `aps` are its own data, `url` and `imageUrl`. */
export function apnsPayload({ content }: OutboundMessage): string {
  const { subject, text, push } = content;
  const alert = {
    ...(subject === undefined ? {} : { title: subject }),
    ...(text === undefined ? {} : { body: text }),
  };
  const aps = {
    ...(subject === undefined && text === undefined ? {} : { alert }),
    ...(push?.badge === undefined ? {} : { badge: push.badge }),
    ...(push?.sound === undefined ? {} : { sound: push.sound }),
    // an extension of the application shows the picture
    ...(push?.imageUrl === undefined ? {} : { "mutable-content": 1 }),
    ...(isAlert(content) ? {} : { "content-available": 1 }),
  };
  return JSON.stringify({
    ...push?.data,
    ...(push?.url === undefined ? {} : { url: push.url }),
    ...(push?.imageUrl === undefined ? {} : { imageUrl: push.imageUrl }),
    aps,
  });
}
