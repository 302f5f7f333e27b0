import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { freePort } from "@nsj/mdb-wire-servers";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { examine, finding } from "../support/examine.ts";

const isThere = spawnSync("pgbouncer", ["--version"]).status === 0;

/** A PgBouncer in front of the tests' PostgreSQL; gives its port. */
async function pooler(mode: "transaction" | "session"): Promise<number> {
  const { hostname, port: behind, username, password } = new URL(inject("postgresUrl"));
  const folder = await mkdtemp(join(tmpdir(), "mdb-pooler-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  const lines = [
    "[databases]",
    `* = host=${hostname} port=${behind} user=${username} password=${decodeURIComponent(password)}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "auth_type = any",
    `pool_mode = ${mode}`,
    "unix_socket_dir =",
  ];
  await writeFile(join(folder, "pgbouncer.ini"), `${lines.join("\n")}\n`);
  // It refuses to run as root.
  const asOther = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
  const child = spawn("pgbouncer", [...asOther, join(folder, "pgbouncer.ini")], { stdio: "ignore" });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill("SIGINT")) await once(child, "exit");
    await rm(folder, { recursive: true, force: true });
  });
  while (!(await accepts(port))) if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("a PgBouncer in between", () => {
  it.skipIf(!isThere).each(["transaction", "session"] as const)(
    `is found by %s${isThere ? "" : " (no pgbouncer on this machine)"}`,
    async (mode) => {
      const port = await pooler(mode);
      const options = { host: "127.0.0.1", port, user: "postgres", database: "postgres", pool: { max: 2 } };
      const found = await examine({ orders: postgres({ ...options, preparedStatements: mode === "session" }) });
      expect(finding(found, "pooler")).toMatchObject({ level: "warning", seen: expect.stringContaining("pooler") });
    },
  );
});
