import type { ErrorCode } from "./errors.ts";

export interface RouteText {
  /** What the route does, beyond its summary. */
  text: string;
  /** Errors that its kind of route does not have anyway. */
  errors?: readonly ErrorCode[];
}

/** By operation: what the reference and openapi.json say of a route. */
// biome-ignore format: one route per entry, text in one line
export const routeTexts: Readonly<Record<string, RouteText>> = {
  sendEvent: {
    text: "Takes the event in and answers once it is durable: a 202 survives `kill -9` and power loss. Workflows, messages and provider calls come after that. With an `Idempotency-Key` a repeated call is one event: the same key and body give the same id for 24 hours, another body gives 422. An event that no workflow awaits is accepted too, and recorded as the decision `no_workflow`.",
  },
  sendEvents: {
    text: "Takes in each event as `POST /v1/events` does, all in one call. Events stand alone: one with a fault is an error in its place of `results`, and the status stays 202. Keys go into the events, not into the header. Events that are changes (`preference.updated`, `consent.updated`, `recipient.updated`) are made one by one, in the order given, each before what stands behind it is taken in. Where the server cannot make one durable, or it is changed by others all the while (`version_conflict`), later changes and what stands behind them are not tried, and are `overloaded`: send all of these again, in their order.",
    errors: ["idempotency_key_on_batch"],
  },
  cancelEvents: {
    text: "Stops events that wait for their time, runs that wait in a delay, and messages that are still queued. What has been handed to a provider is not called back. A key that nothing was sent with gives zeros.",
  },
  getEvent: {
    text: "Everything that became of the event: which workflows ran for whom, which messages came of it, each attempt at a provider, and each decision. Events appear here as soon as they are answered.",
  },
  sendMessage: {
    text: "Sends one message on one channel, by a template or with its content. Durable before the 202, and idempotent by key, as an event. The id is that of an event, which `GET /v1/events/{id}` tells about.",
  },
  listMessages: { text: "The log of messages, newest first, with filters that all have to hold." },
  getMessage: { text: "One message: its state, its times, its attempts and decisions." },
  putRecipient: { text: "Writes the whole recipient: what is left out is removed. Addresses and personal attributes are sealed at rest." },
  getRecipient: { text: "The recipient as it is stored, with addresses and attributes." },
  deleteRecipient: { text: "Deletes the recipient with the key that their data is sealed with: addresses, content and personal attributes cannot be read from then on, wherever they lie." },
  putPreferences: { text: "Writes all that a recipient has chosen; what is left out is not chosen. In force at once: what waits and is refused now does not go out." },
  getPreferences: { text: "What a recipient has chosen, without the defaults of tenant, category and environment." },
  putPreferencesBatch: { text: "Writes the preferences of many recipients, each as by its own PUT. The answer says of each whether it was written." },
  readPreferences: { text: "The preferences of many recipients, in order; those who are not known are left out." },
  addConsent: { text: "Adds an entry to the ledger. The latest one on a purpose is what holds; an older one is kept as evidence alone. Source, IP and text are sealed with the recipient's key." },
  createConfirmation: { text: "For a consent that was recorded as `requested` and is not confirmed yet; of another one the answer is 400. The page behind the link has a button: opening it grants nothing. It works for `TIDINGS_CONSENT_LINK_HOURS`, and not once the consent was withdrawn. Templates have the same link as `confirmUrl`." },
  listConsents: { text: "The whole ledger of a recipient, newest first." },
  listRecipientDecisions: { text: "What was sent, put off and not sent, each with the rule that decided it and in words. Filters all have to hold. Somebody who is not known may have decisions too. A page that found little among many may be short, or empty, and still have a `nextCursor`." },
  putPolicy: { text: "Writes the environment's policy, whose key is `environment`: defaults of preferences, and rules of consent by country." },
  deletePolicy: { text: "Deletes the environment's policy: the built-in defaults hold." },
  putWorkflow: { text: "Writes the workflow; what it refers to must exist. A document that differs becomes a new version, and runs that began with an earlier one go on with that." },
  dryRunHistory: { text: "Takes the events of the last days through the workflow as it is published, and as it is proposed: the volume on each channel and its cost, whom the change gains and loses, and why something would not be sent. Each event comes in when it did, with recipients, preferences, consents and suppressions of now. Caps, dedupe keys, throttles and digests count what the same side would have sent since the first event, nothing that was really sent. Goes on within a bounded time: where that ends first, `until` says how far it came, and `nextCursor` goes on behind it, with caps that begin anew. Reads page by page, and rests for as long as it works." },
  dryRunWorkflow: { text: "Takes an event through the workflow by the same rules as a real one, and writes, asks and sends nothing. Preferences, consents, suppressions, caps, throttles and dedupe keys are those of now. What would wait is followed at once, each turn at the time at which it would be due; what cannot be known then is taken from `assume`, and named in `assumed`. Documents that are not published are checked first. Suppressions of a single sender are not looked at, as the integration is chosen when an attempt begins." },
  putTemplate: { text: "Writes the template; its texts are compiled first, and a fault in one is named with its field. A message keeps the version that it was made with." },
  putCategory: { text: "Writes the category." },
  putIntegration: { text: "Writes the integration; settings and secrets are checked with the provider's own schema. Secrets that are left out stay as they are stored." },
  putSource: { text: "Writes where events come from besides HTTP, and how their records become events. In force within a second: processes with the role `api` read it from then on. Secrets that are left out stay as they are stored." },
  deleteTemplate: { text: "Deletes the template. One that a workflow uses is in use and stays.", errors: ["in_use"] },
  deleteCategory: { text: "Deletes the category. One that a workflow uses is in use and stays.", errors: ["in_use"] },
  deleteWorkflow: { text: "Deletes the workflow: events start it no more. Runs under way go on." },
  deleteIntegration: { text: "Deletes the integration with its secrets. Messages take another one of their channel." },
  deleteSource: { text: "Deletes the source with its secrets: nothing of it is read any more. How far it was read is kept where the records are." },
  checkConfiguration: { text: "Checks documents as if they were written together, in any order: shapes, references, templates and providers' settings. Writes nothing, and says of each document what applying would do.", errors: ["version_conflict"] },
  applyConfiguration: { text: "Writes and deletes documents of all kinds in one commit: where one has a fault, or is at another version than `expect` says, nothing is written. Documents may refer to each other in any order.", errors: ["version_conflict"] },
  listEnvironments: { text: "Each is a world of data, keys and settings of its own; a key opens one." },
  previewTemplate: { text: "Renders a template for a recipient, stored or made up, as a message of it would be. Nothing is sent or stored." },
  putLayout: { text: "Writes the layout; its texts are compiled first. Templates name it in `layout`, and a message takes the version in force when it is rendered." },
  putPartial: { text: "Writes the partial, which templates, layouts and other partials take in by `{{> key}}`, with parameters as in `{{> button url=data.url}}`." },
  putTenant: { text: "Writes a customer of the application. Its branding is what templates of its messages read." },
  deleteLayout: { text: "Deletes the layout. One that a template uses is in use and stays.", errors: ["in_use"] },
  deletePartial: { text: "Deletes the partial. One that something takes in is in use and stays.", errors: ["in_use"] },
  deleteTenant: { text: "Deletes the tenant. Its messages are rendered without branding from then on." },
  putTopic: { text: "Writes what a topic is called. Who is subscribed to it stays." },
  getTopic: { text: "The topic, with how many are subscribed to it now." },
  deleteTopic: { text: "Deletes the topic. Its subscriptions are gone at once, and their rows a while later; an event that is on its way to them stops there, with the decision `topic_unknown`." },
  subscribe: { text: "Subscribes recipients by their ids. Those who are subscribed already stay so, and nobody has to be known: a recipient may be written later. The topic has to exist." },
  unsubscribe: { text: "Takes recipients out of the topic. Those who are not in it are passed over." },
  listSubscriptions: { text: "In the order of the recipients' ids, a page at a time." },
  listRecipientTopics: { text: "In the order in which the topics were made. A recipient who is not known may be subscribed too." },
  putSegment: { text: "Writes who is in the segment. Tests of attributes are made on what is opened, so sealed ones can be tested too; tests of messages look at the newest of each recipient (`TIDINGS_SEGMENT_MESSAGES_MAX`). An event that is on its way to the segment goes on with what is written now." },
  deleteSegment: { text: "Deletes the segment. An event that is on its way to it stops there, with the decision `segment_unknown`." },
  countSegment: { text: "Goes through the environment's recipients, for at most `TIDINGS_SEGMENT_COUNT_MS`. A count that did not come to the end is partial, and goes on with `nextCursor`. The answer is 503 while as many counts are under way as `TIDINGS_SEGMENT_COUNTS_MAX` allows.", errors: ["overloaded"] },
  replayEvents: { text: "Selects past events by their ids, or by names and the time in which they came in, and lets each go to workflows once more: as an event of its own, of a new generation, so that nothing of it is taken for what was sent. Preferences, suppressions, caps and all other policy are those of the moment at which it goes. Events whose `expiresAt` has passed are skipped, as are canceled ones, those still under way, and those that no workflow awaits. Recipients that came inline go by what is known of them now. It goes on page by page, no faster than `perSecond`, whatever process is stopped meanwhile." },
  previewReplay: { text: "Counts what the replay would select and skip, and weighs the first of those events by dry runs. Writes nothing." },
  listReplays: { text: "Newest first, without their progress." },
  getReplay: { text: "How far it is: sums that are written with what they count." },
  cancelReplay: { text: "Replays nothing more, and stops what has not gone out of the events that it has made. What has been handed to a provider is not called back." },
  startCampaign: { text: "Takes in an event to many, as `POST /v1/events` does, and keeps its progress. A workflow has to await the event, and the segments have to be there. With `spread` each recipient has a turn of their own, always the same: within so many minutes, or at a time of their day." },
  listCampaigns: { text: "Newest first, without their progress." },
  getCampaign: { text: "How far it is: sums that are written with what they count, so that asking costs the same however many messages there are." },
  cancelCampaign: { text: "Takes nobody in any more, and cancels what waits. What has been handed to a provider is not called back. A campaign that is over gives zeros." },
  pauseCampaign: { text: "Takes nobody in from now on, the turn that is under way neither. Messages and runs that are made already go on. One that was to begin later does not begin. One that has taken in all, or is over, stays as it is; so does one that is paused." },
  resumeCampaign: { text: "Goes on behind whom it has taken in, at once, or when it was to begin. What has not gone out by `expiresAt` never does. One that is not paused stays as it is." },
  createWebhook: { text: "Makes an endpoint that is told what becomes of messages, by Standard Webhooks 1.0.0: see [webhooks](../webhooks.md). The answer has its secret." },
  putWebhook: { text: "Writes the whole endpoint, and enables it unless `enabled` is false. Its secret stays." },
  deleteWebhook: { text: "Deletes the endpoint with its secrets and deliveries." },
  rotateWebhookSecret: { text: "Makes a new secret. The old one signs beside it for a while, so that receivers can change over." },
  testWebhook: { text: "Sends an example to the endpoint, and says how that is going." },
  resendWebhookDelivery: { text: "Tells again, under the same id, with all tries anew." },
  listDeadLetters: { text: "Messages, events and runs that could not be done after all retries, or never can be; and records of sources that could not be taken in." },
  getDeadLetter: { text: "One dead letter, with its message and attempts, or with the record of its source." },
  replayDeadLetters: { text: "Tries dead letters again, oldest first: those with the ids, or those that fit the filter. A message keeps its id and gets a further attempt; one that has expired does not go out. A record of a source is mapped anew, by the mapping that is in force; one that is refused again stays." },
  listSuppressions: { text: "In the order of channels and hashes. With `channel` and `address` those of one address; only its hash is known, so an address is never shown. A page that found little in a long list may be short, or empty, and still have a `nextCursor`." },
  addSuppressions: { text: "All, or, where one has a fault, none. An address is hashed with a key of the environment, and the hash is kept alone. What is there already stays as it is, so a repeated call does no harm. A message that waits already is stopped when its attempt would begin." },
  removeSuppression: { text: "What it stopped goes out again from then on; messages that ended suppressed stay so." },
  importSuppressions: { text: "The first line names the columns: `channel`; `address` or `address_hash`; and, where wanted, `scope`, `value`, `reason`, `created_at` and `hash_key`, in any order. A call has up to 10,000 lines (`TIDINGS_SUPPRESSION_IMPORT_ROWS_MAX`); they are written in one commit, or, where one has a fault, none is, and `errors` name the lines. What an export gave is taken back; hashes mean something in their own environment alone, which `hash_key` tells.", errors: ["body_too_large", "unsupported_media_type"] },
  exportSuppressions: { text: "Read a page at a time as the caller takes it. Addresses are not kept, so it has their hashes." },
  listPauses: { text: "In the order of kinds, keys and tenants; what is being resumed is among them until all that waited is due." },
  putPause: { text: "In force in every process within a second. Messages that it is of are kept from then on: none starts an attempt, none is lost, and one whose `expiresAt` passes ends `expired`. What has been started goes on. Of an integration: others of its channel take over, and where there is none, messages are kept. Of the marketing of an integration: no other takes over. Written again, it keeps those that wait and takes the new reason and `until`. An integration or workflow has to be known. A pause of the lane `critical` stops what is critical too: the answer says how many wait." },
  deletePause: { text: "What waited goes out, oldest first, a page at a time: the answer says how many there were. What another pause is of is kept by that one. Of what is not paused the answer is 404." },
  probeIntegration: { text: "Asks as the process that answers would send, and keeps what came of it; `TIDINGS_PROBE_TIMEOUT_MS` is its time. A probe that failed is an answer, and no error. Disabled integrations can be probed too. The server probes those that are enabled by itself, once a day." },
  listFindings: { text: "Of the key's environment, by what is in force and what probes said last; nothing is asked of a vendor by this call. What only stands in for a vendor (`sandbox`, `simulator`) is passed over." },
  listMailSenders: { text: "From the settings of the environment's integrations. Of signing keys the public part alone is given, as the record that has to stand in DNS." },
  listQueues: { text: "Of the whole installation, not of the key's environment alone: processes and their time are shared by all. Reads the store; asked every few seconds it is cheap." },
  listAllowances: { text: "Of the key's environment. With `tenant` that tenant's budget too, where it has one." },
  getStatistics: { text: "Of the key's environment, from sums that are kept up as things happen: no message is read. Each thing is counted when it happens, and once, however often it is reported. Sums are kept by minute for two days, then by hour, then by day, as the server's settings say; what would be too much for one answer is refused with the field that asks for it." },
  listWorkers: { text: "Of the whole installation, not of the key's environment alone. One process with its own store is one worker. What a worker has in memory is as it told with its last heartbeat." },
  listApiKeys: { text: "The keys of the environment, without the keys themselves." },
  createApiKey: { text: "Makes a key for the environment of the calling key. Only its hash is stored.", errors: ["forbidden"] },
  revokeApiKey: { text: "The key opens nothing any more, within a second in every process." },
  reportFeedback: { text: "The URL to give to a provider. Body and signature are checked as the provider of the integration asks; no API key is needed. Reports may come twice, late and in any order: the result is the same.", errors: ["validation_failed", "unauthorized", "body_too_large", "overloaded"] },
  getHealth: { text: "Answers as long as the process can." },
  getReadiness: { text: "For a load balancer: 503 where a check fails, with the same body." },
  getMetrics: { text: "Counters, gauges and histograms, in text form version 0.0.4." },
  getOpenApi: { text: "The contract as OpenAPI 3.1." },
};

/** What a route of those of each kind of configuration says, where it has no text of its own. */
export function routeText(operation: string): RouteText | undefined {
  const own = routeTexts[operation];
  if (own !== undefined) return own;
  if (/^list[A-Z]\w+Versions$/.test(operation)) return { text: "Newest first. A deletion is a version too." };
  if (/^rollback[A-Z]/.test(operation)) {
    const text = "Publishes an earlier version as a new one: the same document, byte for byte, and the same secrets.";
    return { text: `${text} What it refers to has to be there still.`, errors: ["version_conflict"] };
  }
  if (/^list[A-Z]/.test(operation)) return { text: "In the order of their keys, a page at a time." };
  if (/^get(Workflow|Template|Layout|Partial|Category|Integration|Segment|Source)$/.test(operation)) {
    return { text: "The current version, or the one that `version` asks for." };
  }
  if (/^get[A-Z]/.test(operation)) return { text: "The current version." };
  return undefined;
}
