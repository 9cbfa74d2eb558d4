import { kafkaSuites } from "./kafka/suites.ts";

kafkaSuites("3.9");
