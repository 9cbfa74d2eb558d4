import { postgresAlone } from "./processes/engines.ts";
import { processesSuite } from "./processes/suite.ts";

processesSuite(postgresAlone);
