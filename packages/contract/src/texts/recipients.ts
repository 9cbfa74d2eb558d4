/** Recipients. Names are those of `field-texts.ts`. */
// biome-ignore format: one field per line is what lets this be read as a table
export const recipientsTexts: Readonly<Record<string, string>> = {
  "recipients.id": "Id that the application gave the recipient",
  "RecipientBody.email": "Mail address, or up to 20; each gets a message of its own",
  "RecipientBody.phone": "Phone number in E.164 form, or up to 20",
  "RecipientBody.push": "Device token, or up to 20",
  "RecipientBody.webhook": "http or https URL, or up to 20; user name and password in it are refused",
  "RecipientBody.chat": "Address in a chat, or up to 20",
  "RecipientBody.locale": "BCP 47 locale",
  "RecipientBody.timeZone": "IANA time zone",
  "RecipientBody.tenant": "Key of the customer of the application that the recipient belongs to",
  "RecipientBody.country": "Country by ISO 3166-1; decides which law asks for consent",
  "RecipientBody.attributes": "Values that conditions and templates read as `recipient.attributes.…`; stored in clear",
  "RecipientBody.personal": "The same for values that are sealed at rest with the recipient's key",
  "Recipient.id": "Id that the application gave",
  "InlineRecipient.id": "Id that the application gives",
  "InlineRecipient.updatedAt": "Age of what is said here: where newer data is stored, that stays. The event's receipt where left out",
};
