/** API keys, what machines ask, and problems. Names are those of `field-texts.ts`. */
// biome-ignore format: one field per line is what lets this be read as a table
export const operationTexts: Readonly<Record<string, string>> = {
  "feedback.integration": "Key of the integration",
  "ApiKey.environment": "The environment that it opens",
  "ApiKey.prefix": "Its first characters, to tell keys apart",
  "ApiKey.revokedAt": "When it was revoked; missing while it is valid",
  "CreateApiKeyBody.environment": "That of the calling key where left out; a key makes no keys for another environment",
  "CreateApiKeyAnswer.key": "The key itself: the only time that it is shown",
  "reportFeedback.environment": "Environment of the integration: a vendor cannot send our key",
  "ReportFeedbackAnswer.accepted": "How many reports were taken; what names no known message counts too",
  "GetHealthAnswer.status": "`ok`",
  "GetReadinessAnswer.status": "`ready` where every check is",
  "GetReadinessAnswer.checks": "Every check by its name",
  "Problem.type": "`urn:tidings:error:` and the code",
  "Problem.title": "What the code means",
  "Problem.status": "The HTTP status",
  "Problem.code": "A code of the closed list",
  "Problem.errors": "The faults of the request, at most 100",
  "Problem.errors[].path": "Where the fault is, as in `recipients[0].email`; empty for the body as a whole",
  "Problem.errors[].message": "What is wrong there",
  "Problem.requestId": "The id of the request in the server's log",
};
