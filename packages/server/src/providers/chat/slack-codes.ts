import type { CodeRule, CodeTable } from "../vendor-outcome.ts";

const account: CodeRule = { kind: "transient", scope: "integration" };
const gone: CodeRule = { kind: "permanent", suppress: true };
const refused: CodeRule = { kind: "permanent" };

/** Errors of chat.postMessage and of all methods (docs.slack.dev/reference/methods/chat.postMessage). */
export const slackApiCodes: CodeTable = {
  // 429 with Retry-After is for a method in a workspace; `rate_limited` is of one channel, one message a second
  ratelimited: account,
  "429": account,
  message_limit_exceeded: account,
  rate_limited: { kind: "transient", scope: "message" },
  not_authed: account,
  invalid_auth: account,
  account_inactive: account,
  token_revoked: account,
  token_expired: account,
  no_permission: account,
  missing_scope: account,
  not_allowed_token_type: account,
  org_login_required: account,
  team_added_to_org: account,
  team_access_not_granted: account,
  two_factor_setup_required: account,
  ekm_access_denied: account,
  access_denied: account,
  accesslimited: account,
  enterprise_is_restricted: account,
  deprecated_endpoint: account,
  method_deprecated: account,
  // the message was not taken whole
  request_timeout: { kind: "transient" },
  service_unavailable: { kind: "transient" },
  channel_not_found: gone,
  user_not_found: gone,
  is_archived: gone,
  user_disabled: gone,
  // whoever runs the workspace may let the app in tomorrow: the address lives
  not_in_channel: refused,
  restricted_action: refused,
  restricted_action_read_only_channel: refused,
  restricted_action_thread_only_channel: refused,
  restricted_action_non_threadable_channel: refused,
  messages_tab_disabled: refused,
  cannot_dm_bot: refused,
  user_not_visible: refused,
  msg_too_long: refused,
  msg_blocks_too_long: refused,
  no_text: refused,
  too_many_attachments: refused,
  attachment_payload_limit_exceeded: refused,
  invalid_blocks: refused,
  invalid_blocks_format: refused,
  invalid_attachments: refused,
  invalid_arguments: refused,
  invalid_arg_name: refused,
  invalid_metadata_format: refused,
  invalid_metadata_schema: refused,
  metadata_too_large: refused,
  as_user_not_supported: refused,
  cannot_reply_to_message: refused,
  invalid_json: refused,
  json_not_object: refused,
};

/** Errors after which Slack's pages say that the message may have been posted. */
export const slackMaybeTaken: ReadonlySet<string> = new Set(["fatal_error", "internal_error"]);

/** What an incoming webhook answers, as plain text (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
export const slackWebhookCodes: CodeTable = {
  rate_limited: { kind: "transient", scope: "message" },
  "429": { kind: "transient", scope: "message" },
  rollup_error: { kind: "transient" },
  no_service: gone,
  no_service_id: gone,
  no_active_hooks: gone,
  no_team: gone,
  invalid_token: gone,
  user_not_found: gone,
  channel_not_found: gone,
  channel_is_archived: gone,
  team_disabled: refused,
  action_prohibited: refused,
  posting_to_general_channel_denied: refused,
  invalid_payload: refused,
  invalid_blocks: refused,
  invalid_blocks_format: refused,
  invalid_attachments: refused,
  missing_text_or_fallback_or_attachments: refused,
  no_text: refused,
  too_many_attachments: refused,
  msg_too_long: refused,
};
