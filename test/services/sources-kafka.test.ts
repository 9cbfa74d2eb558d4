import { kafkaSourceSuite } from "./sources/kafka.ts";

kafkaSourceSuite("3.9");
kafkaSourceSuite("4");
