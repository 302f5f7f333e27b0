/** Opens ten connections, lets them rest, and prints what that costs and when the process could end. */
import { setTimeout as pause } from "node:timers/promises";
import { findContestant } from "./find-contestant.ts";

const [name = "", url = "", idleMs = "2000"] = process.argv.slice(2);
const contestant = await findContestant(name);
const operations = await contestant.open(url);
await Promise.all(Array.from({ length: 10 }, (_, index) => operations.person(index + 1)));
await pause(100);
const before = process.cpuUsage();
await pause(Number(idleMs));
const { user, system } = process.cpuUsage(before);
const cpuMillis = (user + system) / 1_000 / (Number(idleMs) / 1_000);
// Not closed on purpose: whoever forgets that should not wait for a process that does nothing.
console.log(JSON.stringify({ cpuMillis, ranMs: performance.now() }));
