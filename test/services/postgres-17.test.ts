import { postgresSuites } from "./postgres/suites.ts";

postgresSuites("17");
