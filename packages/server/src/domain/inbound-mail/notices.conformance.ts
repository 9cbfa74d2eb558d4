/*
 * Bounces and reports in the forms of several servers, written for these tests by what their documentation and the RFCs say. `to` is
 * the return path that they come to.
 */

export interface Notice {
  to: string;
  date?: string;
}

const date = "Mon, 30 Nov 2026 12:00:00 +0000";

const mail = (headers: readonly string[], body: readonly string[]): string =>
  [...headers, "", ...body, ""].join("\r\n");

const reportMail = (from: string, notice: Notice, type: string, parts: readonly (readonly string[])[]): string =>
  mail(
    [
      "Return-Path: <>",
      `Date: ${notice.date ?? date}`,
      `From: ${from}`,
      `To: ${notice.to}`,
      "Subject: Undelivered Mail Returned to Sender",
      "Auto-Submitted: auto-replied",
      "MIME-Version: 1.0",
      `Content-Type: multipart/report; report-type=${type};`,
      '\tboundary="b_1/mx.example"',
    ],
    [
      "This is a MIME-encapsulated message.",
      ...parts.flatMap((part) => ["", "--b_1/mx.example", ...part]),
      "",
      "--b_1/mx.example--",
    ],
  );

const words = ["Content-Description: Notification", "Content-Type: text/plain; charset=utf-8", "", "It did not work."];
const status = (...fields: readonly string[]): string[] => [
  "Content-Description: Delivery report",
  "Content-Type: message/delivery-status",
  "",
  ...fields,
];
const original = (...headers: readonly string[]): string[] => [
  "Content-Type: message/rfc822",
  "",
  ...headers,
  "From: shop@acme.test",
  "To: jane@example.org",
  "Subject: Your order",
  "",
  "--b_1/mx.example is only text here",
];

/** As Postfix has it: `Action` is failed or delayed. */
export function postfixNotice(
  notice: Notice,
  action = "failed",
  code = "5.1.1",
  diagnostic = "smtp; 550 5.1.1 no such user",
): string {
  return reportMail("MAILER-DAEMON@mx.example (Mail Delivery System)", notice, "delivery-status", [
    words,
    status(
      "Reporting-MTA: dns; mx.example",
      "X-Postfix-Queue-ID: 4X1",
      `X-Postfix-Sender: rfc822; ${notice.to}`,
      "Arrival-Date: Mon, 30 Nov 2026 11:59:00 +0000 (UTC)",
      "",
      "Final-Recipient: rfc822; jane@example.org",
      "Original-Recipient: rfc822;jane@example.org",
      `Action: ${action}`,
      `Status: ${code}`,
      "Remote-MTA: dns; mail.example.org",
      `Diagnostic-Code: ${diagnostic.slice(0, 10)}`,
      `    ${diagnostic.slice(10)}`,
    ),
    original(`Return-Path: <${notice.to}>`),
  ]);
}

/** Exim has 5.0.0 whatever the server said, which stands in the diagnostic. */
export function eximNotice(notice: Notice, diagnostic = "smtp; 550 5.1.1 <jane@example.org>: unknown"): string {
  return reportMail("Mail Delivery System <Mailer-Daemon@mx.example>", notice, "delivery-status", [
    ["Content-type: text/plain; charset=us-ascii", "", "A message that you sent could not be delivered."],
    [
      "Content-type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example",
      "",
      "Action: failed",
      "Final-Recipient: rfc822;jane@example.org",
      "Status: 5.0.0",
      "Remote-MTA: dns; mail.example.org",
      `Diagnostic-Code: ${diagnostic}`,
    ],
    original(),
  ]);
}

/** Exchange has no blank lines behind the fields, a long diagnostic, and headers of its own. */
export function exchangeNotice(notice: Notice, code = "5.1.10"): string {
  return reportMail("Microsoft Outlook <MicrosoftExchange329e71ec@example.org>", notice, "delivery-status", [
    [
      "Content-Type: text/html; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from("<p>Not delivered</p>").toString("base64"),
    ],
    status(
      "Reporting-MTA: dns;AB1PR01.prod.example.org",
      "Received-From-MTA: dns;mx.example",
      "Arrival-Date: Mon, 30 Nov 2026 11:59:00 +0000",
      "",
      "Final-Recipient: rfc822;jane@example.org",
      "Action: failed",
      `Status: ${code}`,
      `Diagnostic-Code: smtp;550 ${code} RESOLVER.ADR.RecipientNotFound; Recipient jane@example.org not found by SMTP address lookup`,
      "X-Display-Name: Jane",
    ),
    original("X-MS-Exchange-Organization-MessageDirectionality: Incoming"),
  ]);
}

/** Gmail has the report in UTF-8 behind a nested alternative, and its own header. */
export function gmailNotice(notice: Notice, code = "4.2.2"): string {
  return reportMail("Mail Delivery Subsystem <mailer-daemon@googlemail.example>", notice, "delivery-status", [
    [
      'Content-Type: multipart/related; boundary="rel"',
      "",
      "--rel",
      'Content-Type: multipart/alternative; boundary="alt"',
      "",
      "--alt",
      'Content-Type: text/plain; charset="UTF-8"',
      "",
      "** Message not delivered **",
      "--alt",
      'Content-Type: text/html; charset="UTF-8"',
      "",
      "<b>Message not delivered</b>",
      "--alt--",
      "--rel--",
    ],
    status(
      "Reporting-MTA: dns; googlemail.example",
      `Received-From-MTA: dns; ${notice.to.split("@")[1]}`,
      "Arrival-Date: Mon, 30 Nov 2026 03:59:00 -0800 (PST)",
      "X-Original-Message-ID: <1@acme.test>",
      "",
      "Final-Recipient: rfc822; jane@example.org",
      "Action: failed",
      `Status: ${code}`,
      `Diagnostic-Code: smtp; ${code.startsWith("4") ? "452" : "550"}-${code} The recipient's inbox is out of storage space. ${code} OverQuota`,
      "Last-Attempt-Date: Mon, 30 Nov 2026 04:00:00 -0800 (PST)",
    ),
    original(),
  ]);
}

/** Addresses that are not ASCII (RFC 6533), and a status in base64. */
export function internationalNotice(notice: Notice): string {
  const fields = [
    "Reporting-MTA: dns; mx.example",
    "",
    "Final-Recipient: utf-8; jösé@exämple.org",
    "Action: failed",
    "Status: 5.1.1",
    "",
  ];
  return reportMail("MAILER-DAEMON@mx.example", notice, "delivery-status", [
    words,
    [
      "Content-Type: message/global-delivery-status",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from(fields.join("\r\n")).toString("base64"),
    ],
    ["Content-Type: message/global-headers", "", "To: jösé@exämple.org"],
  ]);
}

/** qmail writes text that is a form of its own. */
export function qmailNotice(notice: Notice, reason = "Sorry, no mailbox here by that name. (#5.1.1)"): string {
  return mail(
    [
      "Return-Path: <>",
      `Date: ${notice.date ?? date}`,
      "From: MAILER-DAEMON@mx.example",
      `To: ${notice.to}`,
      "Subject: failure notice",
    ],
    [
      "Hi. This is the qmail-send program at mx.example.",
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      "",
      "<jane@example.org>:",
      reason,
      "",
      "--- Below this line is a copy of the message.",
      "",
      "Subject: (#4.4.1) <jane@example.org>:",
    ],
  );
}

/** A complaint (RFC 5965) about a mail that had `returnPath`. */
export function complaintMail(to: string, returnPath: string, type = "abuse", envelope = true): string {
  return reportMail("fbl@provider.example", { to }, "feedback-report", [
    words,
    [
      "Content-Type: message/feedback-report",
      "",
      `Feedback-Type: ${type}`,
      "User-Agent: ExampleFBL/1.0",
      "Version: 1",
      ...(envelope ? [`Original-Mail-From: <${returnPath}>`] : []),
      "Arrival-Date: Mon, 30 Nov 2026 11:00:00 +0000",
    ],
    original(`Return-Path: <${returnPath}>`),
  ]);
}

/** Somebody is away. */
export function vacationMail(notice: Notice, headers: readonly string[] = ["Auto-Submitted: auto-replied"]): string {
  return mail(
    [
      `Date: ${notice.date ?? date}`,
      "From: jane@example.org",
      `To: ${notice.to}`,
      "Subject: Out of office",
      ...headers,
    ],
    ["I am away. For urgent matters, 550 5.1.1 is not my code."],
  );
}
