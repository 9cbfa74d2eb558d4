/** Topics and subscriptions. Names are those of `field-texts.ts`. */
// biome-ignore format: one field per line is what lets this be read as a table
export const topicsTexts: Readonly<Record<string, string>> = {
  "topics.key": "Key that the application gave the topic",
  "topics.id": "Id that the application gave the recipient",
  "topics.recipient": "Id that the application gave the recipient",
  "EventRecipient.topic": "Key of a topic: all of its subscribers",
  "TopicBody.name": "What people call it",
  "TopicBody.description": "What it is about",
  "Topic.description": "What it is about",
  "SubscribedTopic.description": "What it is about",
  "Topic.key": "Key that the application gave",
  "Topic.subscribers": "How many recipients are subscribed to it",
  "SubscribeBody.recipients": "Ids of recipients, up to 1,000; nobody has to be known",
  "SubscribeAnswer.subscribed": "Those among them who were not subscribed before",
  "SubscribeAnswer.subscribers": "How many are subscribed to the topic then",
  "UnsubscribeAnswer.unsubscribed": "Those among them who were subscribed",
  "UnsubscribeAnswer.subscribers": "How many are subscribed to the topic then",
  "Subscription.recipient": "Id of the recipient",
  "Subscription.subscribedAt": "When the recipient was subscribed",
  "SubscribedTopic.key": "Key of the topic",
  "SubscribedTopic.subscribedAt": "When the recipient was subscribed",
};
