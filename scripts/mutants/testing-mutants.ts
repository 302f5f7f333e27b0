import type { Mutant } from "./mutant.ts";

const source = "packages/testing/src";
const record = "packages/testing/test/record.test.ts";
const everyMethod = "packages/testing/test/every-method.test.ts";
const rollback = "packages/testing/test/rollback.test.ts";
const fresh = "packages/testing/test/fresh.test.ts";

/** Faults of what tests of applications stand on. */
export const testingMutants: readonly Mutant[] = [
  {
    fault: "a recording counts what the application has not asked for",
    file: `${source}/record/recorder.ts`,
    text: "    if (notAskedFor.has(event.kind)) return;",
    replacement: "",
    noticedBy: [everyMethod],
  },
  {
    fault: "a recording around another one misses what that one sees",
    file: `${source}/record/recorder.ts`,
    text: "storage.run([...around, recorder], work)",
    replacement: "storage.run([recorder], work)",
    noticedBy: [record],
  },
  {
    fault: "a recording of one manager counts the statements of others",
    file: `${source}/record/recording.ts`,
    text: "manager === undefined || event.manager === manager.number",
    replacement: "true",
    noticedBy: [record],
  },
  {
    fault: "a recorded statement that failed looks as if it had worked",
    file: `${source}/record/recorder.ts`,
    text: "      entry.error = event.error;",
    replacement: "",
    noticedBy: [record],
  },
  {
    fault: "what the code under test commits stays after its test",
    file: "packages/core/src/manager/open-database.ts",
    text: "      context.pool = other ?? pool;",
    replacement: "      context.pool = pool;",
    noticedBy: [rollback],
  },
  {
    fault: "a test that is over keeps the database from everybody else",
    file: `${source}/rollback/rollback-each.ts`,
    text: "      standIn(database, undefined);",
    replacement: "",
    noticedBy: [rollback],
  },
  {
    fault: "two units of work of a test are mixed on its one connection",
    file: `${source}/rollback/levels.ts`,
    text: "this.#running === undefined && isAround(this.#innermost, holder)",
    replacement: "this.#running === undefined",
    noticedBy: [rollback],
  },
  {
    fault: "whoever waits in a test behind a unit that stands still waits for ever",
    file: `${source}/rollback/levels.ts`,
    text: "    if (this.#timer !== undefined || this.#waiting.size === 0) return;",
    replacement: "    return;",
    noticedBy: [rollback],
  },
  {
    fault: "a statement that fails as a test expects ends the whole test",
    file: `${source}/rollback/level-connection.ts`,
    text: `      } catch (error) {
        await this.#undo(name);`,
    replacement: "      } catch (error) {",
    noticedBy: [rollback],
  },
  {
    fault: "what a unit of work has rolled back stays in its test",
    file: `${source}/rollback/level-connection.ts`,
    text: "    if (this.usable) await this.#run(() => this.#undo(name));",
    replacement: "",
    noticedBy: [rollback],
  },
  {
    fault: "a text that commits ends the transaction of its test",
    file: `${source}/rollback/refused-texts.ts`,
    text: `  if (controlsTransaction(text)) return "a text that begins or ends a transaction would end the test's own";`,
    replacement: "",
    noticedBy: [rollback],
  },
  {
    fault: "a second test begins on a database while another one runs there",
    file: `${source}/rollback/rollback-each.ts`,
    text: "      if (running.has(database)) {",
    replacement: "      if (running.has(databases)) {",
    noticedBy: [rollback],
  },
  {
    fault: "what still waits when its test is over waits for ever",
    file: `${source}/rollback/levels.ts`,
    text: "    for (const waiter of this.#waiting) waiter.fail(this.#over());",
    replacement: "",
    noticedBy: [rollback],
  },
  {
    fault: "schemas that tests have made stay on the server",
    file: `${source}/fresh/fresh-databases.ts`,
    text: "drop schema if exists ",
    replacement: "select 1 -- ",
    noticedBy: [fresh],
  },
  {
    fault: "files that tests have made stay on the disk",
    file: `${source}/fresh/fresh-databases.ts`,
    text: "rm(folder, { recursive: true, force: true })",
    replacement: "undefined",
    noticedBy: [fresh],
  },
];
