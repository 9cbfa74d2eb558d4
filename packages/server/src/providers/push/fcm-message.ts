import type { OutboundMessage, RenderedContent } from "../../ports/provider.ts";
import { fittingKey, mayWake, secondsLeft } from "./options.ts";

/** Four weeks: the longest that FCM keeps a message, and what it takes where none is named. */
const ttlSecondsMax = 2_419_200;

type Push = NonNullable<RenderedContent["push"]>;

/** `Message` of FCM v1 (firebase.google.com/docs/reference/fcm/rest/v1/projects.messages), with options for each platform. */
export function fcmMessage(message: OutboundMessage, nowMs: number) {
  const { content, to } = message;
  const push = content.push ?? {};
  const ttl = secondsLeft(message, nowMs, ttlSecondsMax);
  const data = { ...push.data, ...(push.url === undefined ? {} : { url: push.url }) };
  return {
    token: to,
    ...notificationOf(content),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    android: android(message, push, ttl),
    apns: apns(message, push),
    webpush: webpush(message, push, ttl),
  };
}

function notificationOf({ subject, text, push }: RenderedContent) {
  // without one it is a data message, which the application shows as it likes
  if (subject === undefined && text === undefined) return {};
  const notification = {
    ...(subject === undefined ? {} : { title: subject }),
    ...(text === undefined ? {} : { body: text }),
    ...(push?.imageUrl === undefined ? {} : { image: push.imageUrl }),
  };
  return { notification };
}

function android(message: OutboundMessage, { sound, badge, collapseKey }: Push, ttl: number | undefined) {
  const notification = {
    ...(sound === undefined ? {} : { sound }),
    ...(badge === undefined ? {} : { notification_count: badge }),
    // on the device; `collapse_key` is for what waits to get there
    ...(collapseKey === undefined ? {} : { tag: collapseKey }),
  };
  return {
    priority: mayWake(message) ? "HIGH" : "NORMAL",
    ...(ttl === undefined ? {} : { ttl: `${ttl}s` }),
    ...(collapseKey === undefined ? {} : { collapse_key: collapseKey }),
    ...(Object.keys(notification).length === 0 ? {} : { notification }),
  };
}

function apns(message: OutboundMessage, { sound, badge, collapseKey, imageUrl }: Push) {
  const { content, expiresAt } = message;
  const isShown = content.subject !== undefined || content.text !== undefined;
  const aps = {
    ...(sound === undefined ? {} : { sound }),
    ...(badge === undefined ? {} : { badge }),
    ...(imageUrl === undefined ? {} : { "mutable-content": 1 }),
    ...(isShown ? {} : { "content-available": 1 }),
  };
  return {
    headers: {
      "apns-priority": isShown && mayWake(message) ? "10" : "5",
      ...(expiresAt === null ? {} : { "apns-expiration": String(Math.max(Math.floor(expiresAt / 1000), 1)) }),
      ...(collapseKey === undefined ? {} : { "apns-collapse-id": fittingKey(collapseKey, /^[ -~]{1,64}$/, 43) }),
    },
    ...(Object.keys(aps).length === 0 ? {} : { payload: { aps } }),
  };
}

function webpush(message: OutboundMessage, { url, collapseKey }: Push, ttl: number | undefined) {
  return {
    headers: {
      Urgency: mayWake(message) ? "high" : "low",
      ...(ttl === undefined ? {} : { TTL: String(ttl) }),
      ...(collapseKey === undefined ? {} : { Topic: fittingKey(collapseKey, /^[\w-]{1,32}$/, 32) }),
    },
    // others are refused
    ...(url?.startsWith("https://") ? { fcm_options: { link: url } } : {}),
  };
}
