/** Imports one library, asks PostgreSQL one question, and prints how long that took since the process began. */
import { findContestant } from "./find-contestant.ts";

const [name = "", url = ""] = process.argv.slice(2);
const contestant = await findContestant(name);
const importedMs = performance.now();
const operations = await contestant.open(url);
const person = await operations.person(1);
const firstMs = performance.now();
if (person?.name !== "person 1") throw new Error("a wrong answer");
await operations.close();
console.log(JSON.stringify({ importedMs, firstMs }));
