import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";

/** The program, as `pnpm example-tenants` starts it. */
async function startProgram(environment: Readonly<Record<string, string>>) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    ["--conditions=mdb:source", "--disable-warning=ExperimentalWarning", join(import.meta.dirname, "../src/main.ts")],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PORT: "0", ...environment } },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const errors = text(child.stderr);
  const ended = once(child, "close").then(async ([code, signal]) => ({ code, signal, errors: await errors }));
  const url = new Promise<string>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /http:\/\/\S+\d/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const early = ended.then((end) => Promise.reject(new Error(`the program ended: ${JSON.stringify(end)}`)));
  early.catch(() => {});
  return { url: await Promise.race([url, early]), ended, signal: (name: NodeJS.Signals) => child.kill(name) };
}

it("the program serves shops of every kind, answers what it accepted, and ends with its servers", {
  timeout: 120_000,
}, async () => {
  const program = await startProgram({});
  const shops = (await (await fetch(`${program.url}/shops`)).json()) as { items: { id: string; layout: string }[] };
  expect(new Set(shops.items.map(({ layout }) => layout))).toEqual(new Set(["database", "schema", "rows"]));
  const page = await fetch(`${program.url}/status/samples`);
  const order = (id: string) =>
    fetch(`${program.url}/shops/${id}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ item: "tea", quantity: 1 }),
    });
  expect(new Set((await Promise.all(shops.items.map(({ id }) => order(id)))).map(({ status }) => status))).toEqual(
    new Set([201]),
  );
  let seen = "";
  for await (const part of (page.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    seen += part;
    // A page that looks on does not hold it up.
    if (seen.includes('"budget"')) program.signal("SIGTERM");
  }
  expect(await program.ended).toEqual({ code: 0, signal: null, errors: "" });
});

it("a wrong environment is told by name before anything starts", async () => {
  await expect(startProgram({ PORT: "many" })).rejects.toThrow(/the environment is wrong.*PORT/s);
});
