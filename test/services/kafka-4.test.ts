import { kafkaSuites } from "./kafka/suites.ts";

kafkaSuites("4");
