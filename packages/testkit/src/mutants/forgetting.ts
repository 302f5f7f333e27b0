import type { BeginOptions, Fate, OperationContext, ParameterValue } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { referenceDriver } from "../reference/reference-driver.ts";
import { type Mutant, mutant } from "./mutant.ts";

const told = "fates: are told by another connection: pending while the transaction runs, then what became of it";
const written = "fates: never say that nothing was written once something was, whichever way";
const last = "fates: are those of the transaction that was begun last, and of none that need not be traced";
const lost =
  "fates: are known after a connection was lost in COMMIT: committed where only the answer was lost, rolled back where nothing arrived";
const nonsense = "fates: are unknown of what is no number of a transaction, and the connection that was asked works on";

/** Bugs in what is told of a transaction whose COMMIT was lost. */
export const forgettingMutants: readonly Mutant[] = [
  wrong("takes a transaction that runs for one that was rolled back", told, (fate) =>
    fate === "pending" ? "rolled back" : fate,
  ),
  wrong("takes every transaction for committed", told, () => "committed"),
  wrong("takes a transaction that it does not know for rolled back", nonsense, (fate) =>
    fate === "unknown" ? "rolled back" : fate,
  ),
  mutant("fails where it is asked for a transaction that it does not know", nonsense, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async fateOf(transactionNumber: string, context: OperationContext): Promise<Fate> {
          const fate = await super.fateOf(transactionNumber, context);
          if (fate === "unknown") throw new Error("no such transaction");
          return fate;
        }
      })(inner),
  }),
  mutant("says that nothing was written as long as it is not asked to look", written, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override get transactionNumber(): string | null | undefined {
          return this.txStatus === "active" ? null : super.transactionNumber;
        }
      })(inner),
  }),
  mutant("does not see what many parameter sets have written", written, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #many = false;
        override executeMany(text: string, sets: Iterable<readonly ParameterValue[]>, context: OperationContext) {
          this.#many = true;
          return super.executeMany(text, sets, context);
        }
        override get transactionNumber(): string | null | undefined {
          return this.#many ? null : super.transactionNumber;
        }
      })(inner),
  }),
  mutant("knows the number of the transaction before as that of the one that runs", last, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #first: string | undefined;
        override get transactionNumber(): string | null | undefined {
          this.#first ??= super.transactionNumber ?? undefined;
          return this.#first;
        }
      })(inner),
  }),
  mutant("traces transactions that nobody asked it to trace", last, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override begin(options: BeginOptions) {
          return super.begin({ ...options, traceable: true });
        }
      })(inner),
  }),
  mutant("forgets the number with the connection", lost, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override get transactionNumber(): string | null | undefined {
          return this.usable ? super.transactionNumber : undefined;
        }
      })(inner),
  }),
  mutant("has a fateOf() that it does not declare", "meta: has a method exactly where it declares the capability", {
    driver: { capabilities: Object.freeze({ ...referenceDriver.capabilities, fates: false }) },
  }),
];

/** A mutant that answers otherwise. */
function wrong(name: string, caughtBy: string, answer: (fate: Fate) => Fate): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async fateOf(transactionNumber: string, context: OperationContext): Promise<Fate> {
          return answer(await super.fateOf(transactionNumber, context));
        }
      })(inner),
  });
}
