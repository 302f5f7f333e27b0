#!/usr/bin/env node
import { run } from "./run.ts";

// Whoever reads may have enough: `mdb stats | head -1`.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit());

const code = await run(process.argv.slice(2), { out: process.stdout, errors: process.stderr });

// The module may hold the process with timers and sockets of its own. What is written to a pipe may still be on its way.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
);
process.exit(code);
