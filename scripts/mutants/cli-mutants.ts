import type { Mutant } from "./mutant.ts";

const doctor = "packages/cli/src/doctor";

/** Faults of the command line: what it says is wrong then, or it never ends. */
export const cliMutants: readonly Mutant[] = [
  {
    fault: "an outbox that the doctor may not read passes for none",
    file: `${doctor}/there.ts`,
    text: "    if (error instanceof UndefinedObjectError) return false;",
    replacement: "    if (error instanceof Error) return false;",
    noticedBy: ["packages/cli/test/doctor/postgres-rights.test.ts"],
  },
  {
    fault: "what the doctor could not look at passes for good",
    file: `${doctor}/look.ts`,
    text: "    } catch (error) {",
    replacement: "    } catch (error) { if (end > 0) continue;",
    noticedBy: ["packages/cli/test/doctor/postgres-rights.test.ts", "packages/cli/test/doctor/oracle.test.ts"],
  },
  {
    fault: "a right that is missing on a table of decisions passes for granted",
    file: `${doctor}/store-rights.ts`,
    text: `      if (rows[0]?.may === 0) return "refused";`,
    replacement: "",
    noticedBy: ["packages/cli/test/doctor/stores.test.ts"],
  },
  {
    fault: "the connections of others are room for the pools",
    file: `${doctor}/postgres-room.ts`,
    text: "room: limit - reserved - (used - own)",
    replacement: "room: limit - reserved",
    noticedBy: ["packages/cli/test/doctor/postgres-rights.test.ts"],
  },
  {
    fault: "mdb waits for a manager that never closes",
    file: "packages/cli/src/open-module.ts",
    text: "  await Promise.race([databases.close({ timeoutMs: closeLimitMs }), late])",
    replacement: "  await Promise.all([databases.close({ timeoutMs: closeLimitMs }), late])",
    noticedBy: ["packages/cli/test/commands.test.ts"],
  },
  {
    fault: "codegen writes a number where the database gives a bigint",
    file: "packages/cli/src/codegen/type-of.ts",
    text: " || bits > 53;",
    replacement: ";",
    noticedBy: ["packages/cli/test/codegen-kinds.test.ts"],
  },
];
