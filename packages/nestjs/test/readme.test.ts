import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, it, onTestFinished } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const program = /```typescript\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";

/** What a Nest project compiles with. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ["mdb:source"],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
  typeRoots: [join(import.meta.dirname, "../../../node_modules/@types")],
};

function compiled(text: string): string {
  const compilerOptions = { ...options, noEmit: false, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

describe("the program of the README, with TypeScript's own decorators as Nest uses them", () => {
  const write = async (ending: string, text: string): Promise<string> => {
    // Beside the tests, so that the names of the packages resolve.
    const path = join(import.meta.dirname, `readme-program-${process.pid}.${ending}`);
    onTestFinished(() => rm(path, { force: true }));
    await writeFile(path, text);
    return path;
  };

  it.each(["mts", "cts"])("compiles as .%s", { timeout: 120_000 }, async (ending) => {
    const path = await write(ending, program);
    const problems = ts.getPreEmitDiagnostics(ts.createProgram([path], options));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  });

  it("does what it says", { timeout: 60_000 }, async () => {
    const story = `
      const url = "http://127.0.0.1:" + app.getHttpServer().address().port + "/orders";
      const post = (item) => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ item }) });
      for (const item of ["tea", "tea", "milk"]) {
        const response = await post(item);
        console.log(response.status, (await response.json()).id);
      }
      console.log(await (await fetch(url + "/1", { method: "DELETE" })).json());
      console.log(await databases.database("orders").query("select * from orders"));
      console.log(await databases.database("audit").query("select * from events"));
      await app.close();`;
    const told = program.replace("await app.listen(3000);", `await app.listen(0, "127.0.0.1");${story}`);
    const path = await write("mjs", compiled(told));
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, ["--conditions=mdb:source", path], {
      env: { ...process.env, NO_COLOR: "1" },
    });
    expect(stderr).toBe("");
    expect(stdout.split("\n").filter((line) => !line.includes("[Nest]"))).toEqual([
      "201 1",
      "409 undefined",
      "201 2",
      "{ removed: 1 }",
      "[ { id: 2, item: 'milk' } ]",
      "[ { what: 'tea' }, { what: 'milk' } ]",
      "",
    ]);
  });
});
