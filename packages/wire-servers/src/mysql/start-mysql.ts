import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../postgres/start-postgres.ts";
import { createSelfSignedCertificate } from "../shared/self-signed-certificate.ts";

/** A server of MariaDB or MySQL of our own. */
export interface RunningMysql {
  readonly flavor: "mysql" | "mariadb";
  /** `mariadb://mdb:password@127.0.0.1:port/mdb`, who has every right. */
  readonly url: string;
  /** The certificate that it shows, as PEM; it vouches for itself. */
  readonly certificate: string;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Ends it without a word, where it runs, and starts it again on the same port. Resolves once it accepts connections. */
  restart(): Promise<void>;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

/** What has to be on the machine. */
export const mysqlNeeded = "no mariadbd or mysqld on this machine (PATH, /usr/sbin), and no MDB_MYSQL_URL";

const run = promisify(execFile);

/** The server's program on this machine; `undefined` for none. */
export function findMysqlServer(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/libexec"];
  return ["mariadbd", "mysqld"].flatMap((name) => folders.map((it) => join(it, name))).find(isExecutable);
}

/** Starts a fresh server in a folder of its own on a free loopback port; takes about three seconds. `undefined` where the machine has none. */
export async function startMysql(settings: readonly string[] = []): Promise<RunningMysql | undefined> {
  const program = findMysqlServer();
  if (program === undefined) return undefined;
  const { stdout } = await run(program, ["--no-defaults", "--version"]);
  const flavor = /mariadb/i.test(stdout) ? "mariadb" : "mysql";
  const directory = await mkdtemp(join(tmpdir(), "mdb-mysql-"));
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const { certificate, privateKey } = createSelfSignedCertificate();
  await writeFile(join(directory, "server.pem"), certificate);
  await writeFile(join(directory, "server.key"), privateKey, { mode: 0o600 });
  const data = join(directory, "data");
  // The names of its temporary files go by the number of the process, which another container may have too.
  const temporary = join(directory, "tmp");
  await mkdir(temporary);
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  const log: string[] = [];
  let child: ChildProcess | undefined;
  // A run that ends by an error nobody caught must not leave it behind.
  const endWithProcess = (): void => void child?.kill("SIGKILL");
  process.once("exit", endWithProcess);
  const start = async (): Promise<void> => {
    const own = [
      "--no-defaults",
      ...asRoot,
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(directory, "s")}`,
      `--pid-file=${join(directory, "pid")}`,
      `--ssl-cert=${join(directory, "server.pem")}`,
      `--ssl-key=${join(directory, "server.key")}`,
      `--init-file=${join(directory, "init.sql")}`,
      "--max-connections=400",
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=64M",
      "--performance-schema=on",
      "--performance-schema-instrument=transaction=ON",
      "--performance-schema-consumer-events-transactions-current=ON",
      // The folder that a distribution compiles in for files of SQL need not be there.
      ...(flavor === "mysql" ? ["--mysqlx=0", "--skip-log-bin", "--secure-file-priv=NULL"] : []),
      ...settings,
    ];
    child = spawn(program, own, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (line: Buffer) => log.push(String(line)));
    await untilAccepting(child, port);
  };
  try {
    await writeFile(join(directory, "init.sql"), initSql(flavor, password));
    await initialise(program, flavor, [...asRoot, `--datadir=${data}`, `--tmpdir=${temporary}`]);
    await start();
  } catch (error) {
    await end(child, "SIGKILL");
    await rm(directory, { recursive: true, force: true });
    throw new Error(`${program} did not start:\n${log.join("").slice(-4_000)}`, { cause: error });
  }
  return {
    flavor,
    url: `${flavor}://mdb:${password}@127.0.0.1:${port}/mdb`,
    certificate,
    kill: () => end(child, "SIGKILL"),
    async restart() {
      await end(child, "SIGKILL");
      await start();
    },
    async stop() {
      process.off("exit", endWithProcess);
      await end(child, "SIGTERM");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Run at each start, before anybody may connect. */
function initSql(flavor: RunningMysql["flavor"], password: string): string {
  const how = flavor === "mariadb" ? `by '${password}'` : `with caching_sha2_password by '${password}'`;
  return [
    "create database if not exists mdb character set utf8mb4;",
    `create user if not exists mdb@'%' identified ${how};`,
    "grant all on *.* to mdb@'%' with grant option;",
    "",
  ].join("\n");
}

async function initialise(program: string, flavor: RunningMysql["flavor"], own: readonly string[]): Promise<void> {
  if (flavor === "mysql") {
    await run(program, ["--no-defaults", ...own, "--initialize-insecure"]);
    return;
  }
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", join(dirname(program), "../bin")];
  const names = ["mariadb-install-db", "mysql_install_db"];
  const installer = names.flatMap((name) => folders.map((it) => join(it, name))).find(isExecutable);
  if (installer === undefined) throw new Error(`${names[0]} is not there`);
  const options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"];
  await run(installer, ["--no-defaults", ...own, ...options]);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first packet of the server: it takes connections then, and its init file has been run. */
async function untilAccepting(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("data", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await over;
}
