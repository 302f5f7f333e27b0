import { type ChildProcessByStdio, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type ReferenceServer, referenceServer } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressOf, createTables, notesOf, openDatabases } from "./service.ts";

/**
 * Registers what a service has to do when it gets SIGTERM.
 * @param program - the path of a program that serves in a process of its own
 */
export function shutdownSuite(framework: string, program: string): void {
  let servers: readonly [ReferenceServer, ReferenceServer];
  let databases: DatabaseManager;
  let child: ServiceProcess | undefined;

  beforeEach(async () => {
    servers = [await referenceServer(), await referenceServer()];
    databases = openDatabases(addressOf(servers[0]), addressOf(servers[1]));
    await createTables(databases);
  });
  afterEach(async () => {
    child?.kill();
    await databases.close();
    for (const server of servers) await server.close();
  });

  const start = async (timeoutMs: number): Promise<ServiceProcess> => {
    child = new ServiceProcess(program, {
      SERVICE_DATABASES: JSON.stringify(servers.map(addressOf)),
      SERVICE_TIMEOUT_MS: String(timeoutMs),
    });
    await child.until("listening");
    return child;
  };

  describe(`SIGTERM to a service in ${framework}`, () => {
    it("under load loses no committed work, and every accepted request is answered", async () => {
      const service = await start(20_000);
      const users = Array.from({ length: 100 }, (_, index) => index + 1);
      const answers = users.map(async (user) => {
        const status = await service.get(`/run/work/${user}`);
        return { user, status };
      });
      await Promise.race(answers);
      service.terminate();
      const answered = (await Promise.all(answers)).filter(({ status }) => status === 200).map(({ user }) => user);
      expect(await service.ended).toEqual({ code: 0, signal: null, errors: "" });
      expect(answered.length).toBeGreaterThan(0);
      expect(answered).toEqual(service.accepted.toSorted((a, b) => a - b));
      expect(await notesOf(databases)).toEqual(answered);
    });

    it("stops at its deadline what would run for ever, and keeps nothing of it", async () => {
      const service = await start(300);
      const accepted = service.until("accepted");
      const hanging = service.get("/run/workForEver/1");
      await accepted;
      service.terminate();
      expect(await hanging).not.toBe(200);
      expect(await service.ended).toMatchObject({ code: 0, signal: null });
      expect(await notesOf(databases)).toEqual([]);
    });
  });
}

class ServiceProcess {
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>;
  readonly accepted: number[] = [];
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines = new EventEmitter();
  #url = "";

  constructor(program: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(
      process.execPath,
      ["--conditions=mdb:source", "--disable-warning=ExperimentalWarning", program],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...environment },
      },
    );
    const errors = text(this.#child.stderr);
    this.ended = once(this.#child, "close").then(async ([code, signal]) => ({ code, signal, errors: await errors }));
    createInterface(this.#child.stdout).on("line", (line) => {
      const [word = "", value = ""] = line.split(" ");
      if (word === "accepted") this.accepted.push(Number(value));
      if (word === "listening") this.#url = value;
      this.#lines.emit(word);
    });
  }

  /** Waits for a word of the process, or for its early end. */
  async until(word: string): Promise<void> {
    const end = this.ended.then(({ errors }) => {
      throw new Error(`the service ended before it was ${word}:\n${errors}`);
    });
    await Promise.race([once(this.#lines, word), end]);
  }

  /** The status of the answer; `undefined` when there is none. */
  async get(path: string): Promise<number | undefined> {
    try {
      const response = await fetch(this.#url + path);
      await response.text();
      return response.status;
    } catch {
      return undefined;
    }
  }

  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
