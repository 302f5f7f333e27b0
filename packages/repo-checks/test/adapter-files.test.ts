import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { adapterSources, adapterTests } from "../src/adapter-files.ts";
import { adapters, filesBelow, read } from "../src/repository.ts";

describe.each(adapters().map((adapter) => [basename(adapter.folder), adapter] as const))("%s", (_, adapter) => {
  const has = (folder: string) => filesBelow(`${adapter.folder}/${folder}`, ".ts").map((path) => basename(path));

  it("has the same files as every adapter", (ctx) => {
    if (isEmpty(adapter.folder)) ctx.skip("this adapter is not written yet");
    expect(has("src")).toEqual(expect.arrayContaining([...adapterSources]));
    expect(has("test")).toEqual(expect.arrayContaining([...adapterTests]));
  });

  it("exports a factory and a driver named after its engine", (ctx) => {
    if (isEmpty(adapter.folder)) ctx.skip("this adapter is not written yet");
    const engine = basename(adapter.folder).slice("adapter-".length);
    const index = read(`${adapter.folder}/src/index.ts`);
    expect(index).toMatch(new RegExp(`\\b${engine}\\b`));
    expect(index).toMatch(new RegExp(`\\b${engine}Driver\\b`));
  });
});

/** An adapter of which there is nothing yet but its package. */
function isEmpty(folder: string): boolean {
  return read(`${folder}/src/index.ts`).trim() === "export {};";
}
