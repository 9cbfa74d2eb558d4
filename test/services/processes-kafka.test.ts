import { postgresAndKafka } from "./processes/engines.ts";
import { processesSuite } from "./processes/suite.ts";

processesSuite(postgresAndKafka);
