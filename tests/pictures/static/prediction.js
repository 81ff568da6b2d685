// What prediction.js says of what is known: node prediction.js < [{"guess", "unit", "result", "late"}...]

import { readFileSync } from "node:fs";
import { stateSentence } from "../../../refalloc/pictures/static/prediction.js";

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(stateSentence)));
