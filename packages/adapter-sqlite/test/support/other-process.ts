import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("./other-process-main.ts", import.meta.url));

/** A process that has the same file open with a plain better-sqlite3, and runs what the test tells it. */
export interface OtherProcess {
  /** Resolves once it has run. */
  run(text: string): Promise<void>;
}

/** Starts it; it ends with the test. */
export async function otherProcess(filename: string): Promise<OtherProcess> {
  const child = fork(program, [filename], { execArgv: [], stdio: "inherit" });
  onTestFinished(async () => {
    if (child.connected) child.disconnect();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await answer(child);
  return {
    async run(text) {
      child.send({ run: text });
      await answer(child);
    },
  };
}

async function answer(child: ChildProcess): Promise<void> {
  const [{ ok, message }] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("the other process has ended"))),
  ])) as [{ ok: boolean; message?: string }];
  if (!ok) throw new Error(`the other process: ${message}`);
}
