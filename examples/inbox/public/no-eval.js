// Before anything makes a schema: zod then compiles none to functions, which the page's security policy would report.
import { config } from "zod";

config({ jitless: true });
