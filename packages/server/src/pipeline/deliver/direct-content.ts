import type { Attachment } from "@tidings/contract/attachments";
import type { InApp } from "@tidings/contract/in-app";
import type { Content } from "@tidings/contract/messages";
import type { Push } from "@tidings/contract/rich-content";
import type { Channel } from "@tidings/contract/words";
import { textOfHtml } from "../../lib/html-text.ts";
import type { RenderedAttachment, RenderedContent, RenderedPush } from "../../ports/provider.ts";

/** Ready content of a direct message, as a provider gets it. */
export function contentOf(content: Content, channel: Channel): RenderedContent {
  const { subject, html, body, inApp, push, mediaUrls, stored, attachments } = content;
  // A mail of HTML alone is taken for junk, and unreadable where HTML is not shown.
  const text = content.text ?? (channel === "email" && html !== undefined ? textOfHtml(html) : undefined);
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(inApp === undefined ? {} : { inApp: inAppOf(inApp) }),
    ...(push === undefined ? {} : { push: pushOf(push) }),
    ...(mediaUrls === undefined ? {} : { mediaUrls }),
    ...(stored === undefined ? {} : { stored: { ids: stored.ids, data: stored.data ?? {} } }),
    ...(attachments === undefined ? {} : { attachments: attachments.map(renderedAttachment) }),
  };
}

function inAppOf({ url, imageUrl, actions, data }: InApp): NonNullable<RenderedContent["inApp"]> {
  return {
    ...(url === undefined ? {} : { url }),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    ...(data === undefined ? {} : { data }),
    ...(actions === undefined
      ? {}
      : {
          actions: actions.map(({ key, label, url: to }) => ({ key, label, ...(to === undefined ? {} : { url: to }) })),
        }),
  };
}

function pushOf({ url, imageUrl, data, badge, sound, collapseKey }: Push): RenderedPush {
  return {
    ...(url === undefined ? {} : { url }),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    ...(data === undefined ? {} : { data }),
    ...(badge === undefined ? {} : { badge }),
    ...(sound === undefined ? {} : { sound }),
    ...(collapseKey === undefined ? {} : { collapseKey }),
  };
}

function renderedAttachment({ filename, contentType, content, contentId }: Attachment): RenderedAttachment {
  return { filename, contentType, content, ...(contentId === undefined ? {} : { contentId }) };
}
