import { z } from "zod";

/** Channels by which a message can reach a recipient. */
export const channels = ["email", "sms", "push", "in_app", "webhook", "chat", "voice"] as const;
export const channelSchema = z.enum(channels);
export type Channel = z.infer<typeof channelSchema>;

/** Class of a category. It is the name of the lane too: most urgent first. */
export const lanes = ["critical", "transactional", "marketing"] as const;
export const laneSchema = z.enum(lanes);
export type Lane = z.infer<typeof laneSchema>;

/** Life cycle of a message: `queued → sending → sent → delivered`, and its ends. */
export const messageStates = [
  "queued",
  "sending",
  "sent",
  "delivered",
  "failed",
  "bounced",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
] as const;
export const messageStateSchema = z.enum(messageStates);
export type MessageState = z.infer<typeof messageStateSchema>;

export const eventStates = ["accepted", "done", "canceled", "dead"] as const;
export type EventState = (typeof eventStates)[number];

export const runStates = ["waiting", "completed", "canceled", "dead"] as const;
export type RunState = (typeof runStates)[number];
