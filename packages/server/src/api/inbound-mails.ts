import {
  type DmarcSourceView,
  dmarcDaysDefault,
  dmarcQuerySchema,
  type UnreadableMails,
} from "@tidings/contract/inbound-mail";
import { dateOfDay, dayOf } from "../domain/allowance.ts";
import { dispositions } from "../domain/inbound-mail/dmarc-report.ts";
import type { DmarcSourceRow } from "../ports/store/inbound-mail.ts";
import { cursorOf, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { valid } from "./validation.ts";

const pageSize = 100;
/** As many as are kept of an environment. */
const unreadableMax = 200;
const position = /^\d{1,6} [a-z0-9._-]{1,253} [0-9a-f.:]{0,45} (?:none|quarantine|reject) [01] [01]$/;

export function inboundMailHandlers({ store, clock }: Pick<ApiDependencies, "store" | "clock">): Handlers {
  return {
    listDmarcReports: async (request, { environmentId }) => {
      const { domain, days = dmarcDaysDefault, cursor, limit = pageSize } = valid(dmarcQuerySchema, request.query);
      const after = placeOf(environmentId, positionOf(cursor, position));
      const fromDay = dayOf(clock.now()) - days + 1;
      const asked = { environmentId, domain: domain?.toLowerCase(), fromDay, after, limit: limit + 1 };
      const rows = await store.listDmarcSources(asked);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items: items.map(viewOf), ...(last === undefined ? {} : { nextCursor: cursorOf(textOf(last)) }) };
    },
    listUnreadableMails: async (_request, { environmentId }): Promise<UnreadableMails> => {
      const rows = await store.listUnreadableMails({ environmentId, limit: unreadableMax });
      return {
        items: rows.map(({ id, at, way, reason, bytes, messageId }) => ({
          id,
          at: new Date(at).toISOString(),
          way,
          reason,
          bytes,
          ...(messageId === null ? {} : { messageId }),
        })),
      };
    },
  };
}

function viewOf({ environmentId: _environmentId, day, sourceIp, ...row }: DmarcSourceRow): DmarcSourceView {
  return { ...row, day: dateOfDay(day), ...(sourceIp === "" ? {} : { sourceIp }) };
}

const textOf = ({ day, domain, sourceIp, disposition, dkimAligned, spfAligned }: DmarcSourceRow): string =>
  [day, domain, sourceIp, disposition, Number(dkimAligned), Number(spfAligned)].join(" ");

/** Undefined for the first page. */
function placeOf(environmentId: number, text: string): DmarcSourceRow | undefined {
  if (text === "") return undefined;
  const [day = "", domain = "", sourceIp = "", kind, dkim, spf] = text.split(" ");
  const disposition = dispositions.find((each) => each === kind) ?? "none";
  const aligned = { dkimAligned: dkim === "1", spfAligned: spf === "1" };
  return { environmentId, day: Number(day), domain, sourceIp, disposition, ...aligned, messages: 0 };
}
