import { z } from "zod";
import { limits } from "./limits.ts";
import { pageQuerySchema } from "./pages.ts";
import { keySchema, line, recipientIdSchema, timeSchema } from "./text.ts";

/** A topic named in the place of a recipient: all who are subscribed to it when the event is worked on. */
export const topicRecipientSchema = z.strictObject({ topic: keySchema });
export type TopicRecipient = z.infer<typeof topicRecipientSchema>;

/** Body of `PUT /v1/topics/{key}`. Topics are rows, of which there may be very many, and not versioned documents. */
export const topicBodySchema = z.strictObject({
  name: line(200).optional(),
  description: line(1000).optional(),
});
export type TopicBody = z.infer<typeof topicBodySchema>;

export const topicSchema = topicBodySchema.extend({
  key: z.string(),
  subscribers: z.int(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type TopicView = z.infer<typeof topicSchema>;

/** Body of the calls that subscribe and unsubscribe. Nobody has to be known: a recipient may come later. */
export const subscribersBodySchema = z.strictObject({
  recipients: z.array(recipientIdSchema).min(1).max(limits.subscribersPerCall),
});

export const subscribedSchema = z.object({ subscribed: z.int(), subscribers: z.int() });
export type Subscribed = z.infer<typeof subscribedSchema>;
export const unsubscribedSchema = z.object({ unsubscribed: z.int(), subscribers: z.int() });
export type Unsubscribed = z.infer<typeof unsubscribedSchema>;

export const subscriptionSchema = z.object({ recipient: z.string(), subscribedAt: timeSchema });
export type SubscriptionView = z.infer<typeof subscriptionSchema>;

/** Cursors hold the id of a recipient, and so may be longer than those of other lists. */
export const subscriptionsQuerySchema = pageQuerySchema.extend({ cursor: z.string().max(1200).optional() });

/** A topic as one of its subscribers has it. */
export const subscribedTopicSchema = topicBodySchema.extend({ key: z.string(), subscribedAt: timeSchema });
export type SubscribedTopic = z.infer<typeof subscribedTopicSchema>;
