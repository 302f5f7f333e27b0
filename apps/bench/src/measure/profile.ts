import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import type { Runner } from "./interleave.ts";

/** What one function took, without those that it called. */
export interface FunctionCost {
  /** Its name and its file. */
  readonly name: string;
  readonly microsPerOperation: number;
  /** From 0 to 1, of everything but waiting. */
  readonly share: number;
}

/** Where the time of an operation goes. */
export interface Profile {
  readonly operations: number;
  /** Without waiting. */
  readonly microsPerOperation: number;
  /** The most expensive ones first. */
  readonly functions: readonly FunctionCost[];
}

/** How often V8 looks, in microseconds. */
const intervalMicros = 100;

/** Watches a contestant at work by V8's sampling profiler, once it is warm. @param block - operations at a time */
export async function profile(runner: Runner, forMs: number, block: number): Promise<Profile> {
  await workFor(runner, forMs / 2, block);
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: intervalMicros });
    await session.post("Profiler.start");
    const operations = await workFor(runner, forMs, block);
    const { profile } = await session.post("Profiler.stop");
    return summary(profile, operations);
  } finally {
    session.disconnect();
  }
}

async function workFor(runner: Runner, ms: number, block: number): Promise<number> {
  const end = performance.now() + ms;
  let operations = 0;
  for (; performance.now() < end; operations += block) await runner.run(block);
  return operations;
}

interface RawProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

function summary({ nodes, samples = [], timeDeltas = [] }: RawProfile, operations: number): Profile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame.functionName, callFrame.url)]));
  const micros = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    if (name === "(idle)") continue;
    // The time between two samples belongs to what was seen at its beginning.
    const spent = timeDeltas[index + 1] ?? 0;
    micros.set(name, (micros.get(name) ?? 0) + spent);
    total += spent;
  }
  const functions = [...micros]
    .map(([name, spent]) => ({ name, microsPerOperation: spent / operations, share: spent / total }))
    .sort((a, b) => b.share - a.share);
  return { operations, microsPerOperation: total / operations, functions };
}

const ofPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const ofWorkspace = /.*\/(?:packages|apps)\//;

function nameOf(functionName: string, url: string): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url === "") return name;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return `${name}  ${path.replace(ofPackage, "$1/").replace(ofWorkspace, "")}`;
}
