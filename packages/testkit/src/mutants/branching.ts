import type { BeginOptions, Branch, BranchEnd, OperationContext, PreparedBranch, Vote } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

type Finished = "done" | "gone" | "busy";

/** Bugs of drivers that prepare transactions: each of them tears what spans several databases. */
export const branchingMutants: readonly Mutant[] = [
  mutant(
    "prepares nothing and says it did",
    "branches: shows nobody what is prepared, and keeps or undoes it as another connection says",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async prepareBranch(): Promise<Vote> {
            await super.rollback();
            return { vote: "prepared" };
          }
        })(inner),
    },
  ),
  mutant(
    "commits what it should prepare",
    "branches: shows nobody what is prepared, and keeps or undoes it as another connection says",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async prepareBranch(): Promise<Vote> {
            await super.commit();
            return { vote: "prepared" };
          }
        })(inner),
    },
  ),
  mutant(
    "takes every transaction for one that only read",
    "branches: votes read-only where nothing was written at most, and has ended then",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async prepareBranch(): Promise<Vote> {
            await super.commit();
            return { vote: "read-only" };
          }
        })(inner),
    },
  ),
  mutant(
    "leaves open what only read",
    "branches: votes read-only where nothing was written at most, and has ended then",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #branch = "";
          override get txStatus() {
            return this.#branch === "open" ? "active" : super.txStatus;
          }
          override async prepareBranch(branch: Branch): Promise<Vote> {
            const answer = await super.prepareBranch(branch);
            if (answer.vote === "read-only") this.#branch = "open";
            return answer;
          }
        })(inner),
    },
  ),
  mutant(
    "says that a failed transaction is prepared",
    "branches: does not prepare a transaction that a failure has doomed",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async prepareBranch(branch: Branch): Promise<Vote> {
            if (this.txStatus !== "failed") return super.prepareBranch(branch);
            await super.rollback();
            return { vote: "prepared" };
          }
        })(inner),
    },
  ),
  answering(
    "says gone for busy",
    "branches: lets one of many finish it, and calls it gone for the others only once it is",
    (answer) => (answer === "busy" ? "gone" : answer),
  ),
  answering("says done for gone", "branches: calls gone what was finished before, and what never was", (answer) =>
    answer === "gone" ? "done" : answer,
  ),
  answering(
    "says done for busy",
    "branches: lets one of many finish it, and calls it gone for the others only once it is",
    (answer) => (answer === "busy" ? "done" : answer),
  ),
  mutant(
    "rolls back what it should commit",
    "branches: shows nobody what is prepared, and keeps or undoes it as another connection says",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override finishPrepared(branch: Branch) {
            return super.finishPrepared(branch, "rollback");
          }
        })(inner),
    },
  ),
  mutant(
    "lists nothing after an error",
    "branches: fails to list on a connection that is lost, instead of finding nothing",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async listPrepared(context: OperationContext): Promise<readonly PreparedBranch[]> {
            return super.listPrepared(context).catch(() => []);
          }
        })(inner),
    },
  ),
  mutant(
    "cuts the identifiers of branches",
    "branches: takes identifiers at full length, and keeps those apart that differ in one place",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override prepareBranch(branch: Branch) {
            return super.prepareBranch(cut(branch));
          }
          override finishPrepared(branch: Branch, end: BranchEnd) {
            return super.finishPrepared(cut(branch), end);
          }
        })(inner),
    },
  ),
  mutant(
    "rolls a branch back when its connection is closed",
    "branches: keeps what is prepared when its connection is closed or destroyed",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #last: Branch | undefined;
          override prepareBranch(branch: Branch) {
            this.#last = branch;
            return super.prepareBranch(branch);
          }
          override async close(context: OperationContext): Promise<void> {
            if (this.#last !== undefined) await super.finishPrepared(this.#last, "rollback");
            await super.close(context);
          }
        })(inner),
    },
  ),
  mutant("leaves open what it cannot prepare", "branches: rolls back what cannot be prepared, and says so", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #open = false;
        override get txStatus() {
          return this.#open ? "failed" : super.txStatus;
        }
        override async prepareBranch(branch: Branch): Promise<Vote> {
          try {
            return await super.prepareBranch(branch);
          } catch (error) {
            this.#open = true;
            throw error;
          }
        }
      })(inner),
  }),
  mutant(
    "forgets that a transaction decides",
    "branches: makes the commit that decides durable, whatever the session allows, and only that one",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override begin({ decides: _, ...options }: BeginOptions) {
            return super.begin(options);
          }
        })(inner),
    },
  ),
];

function cut(branch: Branch): Branch {
  return { ...branch, transaction: `${branch.transaction.slice(0, 21)}0` };
}

/** A mutant that changes what is said of a branch that was to be finished. */
function answering(name: string, caughtBy: string, change: (answer: Finished) => Finished): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async finishPrepared(branch: Branch, end: BranchEnd): Promise<Finished> {
          return change(await super.finishPrepared(branch, end));
        }
      })(inner),
  });
}
