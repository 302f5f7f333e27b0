import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type { DatabaseManager } from "@nsj/mdb-core";
import { Command, CommanderError } from "commander";
import { codegen } from "./codegen/codegen.ts";
import { checkTypeForms } from "./codegen/type-forms.ts";
import { doctor, type Finding } from "./doctor/doctor.ts";
import { addSpanningCommands } from "./in-doubt/commands.ts";
import { openModule } from "./open-module.ts";
import { type OutboxWords, outboxCommand } from "./outbox/outbox-command.ts";
import { type Cell, table } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** Where a command writes to. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly errors: { write(text: string): unknown };
}

interface Shared {
  readonly module: string;
  readonly json?: true;
}

// Both from the sources and from the build, which lie equally deep.
const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };

const moduleHelp = "the file of your application that exports its DatabaseManager, or the definitions of one";
const labelsHelp = "the names that the databases have in the manager: only these; all of them when absent";
const labelHelp = "the name that the database has in the manager";

const afterHelp = `
Each command needs --module, and has a --help of its own:
  mdb ping --module src/databases.js
  mdb doctor orders --module src/databases.js --processes 4

Exit codes: 0 all is well, 1 there is trouble, 2 the command line or the module is wrong.`;

/** Runs one command line. Gives the exit code: 0 all is well, 1 there is trouble, 2 the command line or the module is wrong. Never throws. */
export async function run(words: readonly string[], streams: Streams): Promise<number> {
  const say = (text: string): void => void streams.out.write(`${text}\n`);
  let code = 0;
  const program = new Command("mdb")
    .description(
      "Looks at the databases of an application that uses @nsj/mdb. Only reads, but for outbox --revive, recover and resolve; closes what it has opened.",
    )
    .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.errors.write(text) })
    .version(version)
    .addHelpText("after", afterHelp)
    .exitOverride()
    .showHelpAfterError("(mdb --help tells more)");

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .requiredOption("-m, --module <path>", moduleHelp)
      .option("--json", "write one JSON for programs, instead of text")
      .showHelpAfterError(`(mdb ${name} --help tells more)`);

  command("ping", "connects to each database and asks for a sign of life; exit code 1 when one is down")
    .argument("[labels...]", labelsHelp)
    .action(async (labels: readonly string[], { module, json }: Shared) => {
      await using opened = await openModule(module);
      const { databases } = opened;
      const asked = await Promise.all(
        chosen(databases, labels).map(async (label) => ({ label, health: await databases.database(label).health() })),
      );
      if (asked.some(({ health }) => health.status === "down")) code = 1;
      const rows = asked.map(({ label, health: { status, latencyMs, error } }) => ({
        label,
        status,
        latencyMs: Math.round(latencyMs * 10) / 10,
        error: error?.message,
      }));
      say(
        json === true
          ? JSON.stringify(rows)
          : table(
              ["database", "status", "ms", ""],
              rows.map(({ label, status, latencyMs, error }) => [label, status, latencyMs, error ?? ""]),
            ),
      );
    });

  command(
    "stats",
    "connects to each database, and shows the pool that this program has of it, not that of your application",
  )
    .argument("[labels...]", labelsHelp)
    .action(async (labels: readonly string[], { module, json }: Shared) => {
      await using opened = await openModule(module);
      const { databases } = opened;
      const wanted = chosen(databases, labels);
      await Promise.all(wanted.map((label) => databases.database(label).connect()));
      const all = wanted.map((label) => [label, databases.database(label).stats()] as const);
      if (json === true) return say(JSON.stringify(Object.fromEntries(all)));
      const rows = all.map(([label, { max, total, idle, busy, waiting, created, connectFailures }]): Cell[] => [
        label,
        max,
        total,
        idle,
        busy,
        waiting,
        created,
        connectFailures,
      ]);
      say(table(["database", "max", "total", "idle", "busy", "waiting", "created", "failed"], rows));
    });

  command(
    "doctor",
    "looks for settings and leftovers that lose data or surprise, and says what to do; exit code 1 on an error",
  )
    .argument("[labels...]", labelsHelp)
    .option("--processes <n>", "how many processes of the application run at once: their pools are added up", Number, 1)
    .action(async (labels: readonly string[], { module, json, processes }: Shared & { readonly processes: number }) => {
      if (!Number.isInteger(processes) || processes < 1)
        throw new UsageError("--processes must be a number of at least 1");
      await using opened = await openModule(module);
      const findings = await doctor(opened.databases, {
        labels: chosen(opened.databases, labels),
        processes,
        file: resolve(module),
      });
      if (findings.some(({ level }) => level === "error")) code = 1;
      say(json === true ? JSON.stringify(findings) : findings.map(told).join("\n\n") || "nothing to say");
    });

  command("outbox", "shows what waits in an outbox, or the messages that were given up; can give these another try")
    .argument("<label>", labelHelp)
    .option("--table <name>", "the table of its messages", "mdb_outbox")
    .option("--dead", "shows the messages that were given up, without their bodies")
    .option(
      "--revive [ids...]",
      "gives messages that were given up another try: those of these ids, or all of them. This writes",
    )
    .action(async (label: string, { module, ...words }: Shared & OutboxWords) => {
      await using opened = await openModule(module);
      const [only = label] = chosen(opened.databases, [label]);
      say(await outboxCommand(opened.databases, only, words));
    });

  command("codegen", "writes the tables of a database as TypeScript: an interface and a defineTable() for each")
    .argument("<label>", labelHelp)
    .option("-o, --out <file>", "the file to write; the standard output when absent")
    .option("--schema <name>", "the schema to read; that of the connection when absent")
    .option(
      "--tables <names>",
      "only these tables, with commas between them, and views by their name; every table when absent",
      (names: string) => names.split(","),
    )
    .option("--keep-case", "names properties as the columns are named, and not in camelCase")
    .option("--types <json>", 'the "types" option of the database, where it has one: \'{"bigint":"bigint"}\'')
    .action(async (label: string, options: Shared & CodegenWords) => {
      await using opened = await openModule(options.module);
      const [only = label] = chosen(opened.databases, [label]);
      const { text, undecided } = await codegen(opened.databases.database(only), {
        camelCase: options.keepCase !== true,
        ...(options.schema !== undefined && { schema: options.schema }),
        ...(options.tables !== undefined && { tables: options.tables }),
        ...(options.types !== undefined && { types: checkTypeForms(options.types) }),
      });
      if (options.out === undefined) streams.out.write(text);
      else await writeFile(options.out, text);
      if (options.json === true && options.out !== undefined) say(JSON.stringify({ out: options.out, undecided }));
      else for (const line of undecided) streams.errors.write(`${line}\n`);
    });

  addSpanningCommands(command, say, () => {
    code = 1;
  });

  try {
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    streams.errors.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

interface CodegenWords {
  readonly out?: string;
  readonly schema?: string;
  readonly tables?: readonly string[];
  readonly keepCase?: true;
  readonly types?: string;
}

/** The labels that are meant. @throws UnknownDatabaseError */
function chosen(databases: DatabaseManager, labels: readonly string[]): readonly string[] {
  if (labels.length === 0) return databases.labels;
  for (const label of labels) databases.database(label);
  return [...new Set(labels)];
}

function told({ level, database, seen, why, advice }: Finding): string {
  const head = `${level.toUpperCase().padEnd(7)}  ${database}: ${seen}`;
  return [head, why && `         ${why}`, advice && `         ${advice}`].filter((line) => line).join("\n");
}
