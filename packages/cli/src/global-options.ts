import type { Option } from "./command.ts";

/** Options of every command. */
export const globalOptions: readonly Option[] = [
  {
    name: "url",
    value: "<url>",
    summary: "Address of the API; else TIDINGS_URL, the profile, or the server of this folder",
    default: "http://localhost:4400",
  },
  {
    name: "api-key",
    value: "<key>",
    summary: "API key; TIDINGS_API_KEY keeps it out of the list of processes. Else the profile, or data/api-key",
  },
  {
    name: "profile",
    short: "p",
    value: "<name>",
    summary: "Environment of tidings.yaml to talk to; else TIDINGS_ENVIRONMENT, or the file's default",
  },
  { name: "timeout", value: "<seconds>", summary: "Time for one request", default: "30" },
  { name: "json", summary: "Print what programs read" },
  { name: "quiet", short: "q", summary: "Print nothing but results and errors" },
  { name: "no-color", summary: "No colours; NO_COLOR says the same" },
  { name: "debug", summary: "Show where a fault came from" },
  { name: "help", short: "h", summary: "Show help" },
];
