import { conformance, miniRunner } from "@nsj/mdb-testkit";
import { fileSubject } from "./support/subject.ts";

// Prints the table of what the driver passes, and nothing else: `table > CONFORMANCE.md`.
const runner = miniRunner();
const report = conformance(runner, fileSubject);
await runner.run();
process.stdout.write(report.toMarkdown());
if (report.failed > 0) process.exitCode = 1;
