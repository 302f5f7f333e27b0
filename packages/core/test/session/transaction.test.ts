import {
  CommitOutcomeUnknownError,
  ConnectionLostError,
  DriverFault,
  HookError,
  type MdbError,
  SerializationError,
  StatementTimeoutError,
  type Transaction,
  TransactionAbortedError,
  TransactionClosedError,
  TransactionStateError,
  UnexpectedRollbackError,
  UniqueViolationError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { idsOf, useTestServer, withMembers } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

describe("a transaction", () => {
  it("commits what its callback did and gives the callback's result", async () => {
    const database = await server.open();
    const result = await database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      return "done";
    });
    expect(result).toBe("done");
    expect(await idsOf(database)).toEqual([1]);
  });

  it("lasts until the promise of another library that its callback gives has settled", async () => {
    const database = await server.open();
    const result = await database.transaction((tx) => {
      const later = {
        then: (resolve: (value: string) => void, reject: (error: unknown) => void) =>
          tx.execute(insert, { id: 1, name: "a" }).then(() => resolve("done"), reject),
      };
      return later as unknown as Promise<string>;
    });
    expect(result).toBe("done");
    expect(await idsOf(database)).toEqual([1]);
  });

  it("rolls back when its callback throws instead of rejecting", async () => {
    const database = await server.open();
    const own = new Error("out of stock");
    const failing = database.transaction((tx) => {
      void tx.execute(insert, { id: 1, name: "a" }).catch(() => {});
      throw own;
    });
    await expect(failing).rejects.toBe(own);
    expect(await idsOf(database)).toEqual([]);
  });

  it("takes no connection when its callback runs no statement", async () => {
    const database = await server.open();
    await database.transaction(async () => {});
    expect(database.stats().created).toBe(0);
  });

  it("does not blame a statement that has worked for the failure of the next one", async () => {
    const database = await server.open();
    const outcomes: PromiseSettledResult<unknown>[] = [];
    const failed = database.transaction(async (tx) => {
      const worked = tx.execute(insert, { id: 1, name: "a" });
      outcomes.push(...(await Promise.allSettled([worked, tx.execute("select no_such_column from items")])));
    });
    await expect(failed).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  it("rolls back and passes on the callback's own error", async () => {
    const database = await server.open();
    const own = new Error("out of stock");
    const failing = database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      throw own;
    });
    await expect(failing).rejects.toBe(own);
    expect(await idsOf(database)).toEqual([]);
  });

  it("rejects when the callback swallowed a failed statement, and keeps no row", async () => {
    const database = await server.open();
    const error: MdbError = await database
      .transaction(async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        await tx.execute(insert, { id: 1, name: "again" }).catch(() => {});
      })
      .then(Promise.reject, (reason) => reason);
    expect(error).toBeInstanceOf(TransactionAbortedError);
    expect(error.cause).toBeInstanceOf(UniqueViolationError);
    expect(error.retryable).toBe(false);
    expect(await idsOf(database)).toEqual([]);
  });

  it("says that repeating may help where its failure does, whoever has noticed that, and retry repeats it", async () => {
    let deaths = 0;
    const database = await server.open(
      {},
      {
        tamper: (connection) =>
          withMembers(connection, {
            rollbackTo: async (name: string) => {
              if (++deaths > 2) return connection.rollbackTo?.(name);
              connection.destroy();
              throw DriverFault.lost("the connection was lost");
            },
          }),
      },
    );
    const work = async (tx: Transaction): Promise<void> => {
      await tx.execute(insert, { id: 1, name: "a" });
      await tx.savepoint(() => Promise.reject(new Error("no voucher"))).catch(() => {});
    };
    const error: MdbError = await database.transaction(work).then(Promise.reject, (reason) => reason);
    expect(error).toBeInstanceOf(TransactionAbortedError);
    expect(error.cause).toBeInstanceOf(ConnectionLostError);
    expect(error.retryable).toBe(true);
    await database.transaction(work, { retry: { attempts: 2, backoffMs: 1 } });
    expect(deaths).toBe(3);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("refuses statements after a failed one, with the first failure as the cause", async () => {
    const database = await server.open();
    await database
      .transaction(async (tx) => {
        const first = await tx.execute("select * from nowhere").catch((reason) => reason);
        const second = await tx.execute("select 1").catch((reason) => reason);
        expect(second).toBeInstanceOf(TransactionAbortedError);
        expect(second.cause).toBe(first);
        throw first;
      })
      .catch(() => {});
    expect(database.stats()).toMatchObject({ busy: 0 });
  });

  it("rejects when a statement is still pending as its callback returns", async () => {
    const database = await server.open();
    const failing = database.transaction(async (tx) => {
      void tx.execute(insert, { id: 1, name: "a" }).catch(() => {});
      void tx.execute(insert, { id: 2, name: "b" }).catch(() => {});
    });
    await expect(failing).rejects.toThrow(/still pending.*await missing/);
    expect(await idsOf(database)).toEqual([]);
    expect(database.stats()).toMatchObject({ busy: 0 });
  });

  it("refuses its handle once it has ended, also while another transaction holds the connection", async () => {
    const database = await server.open({ pool: { max: 1 } });
    let kept: Transaction | undefined;
    await database.transaction(async (tx) => {
      kept = tx;
      await tx.execute(insert, { id: 1, name: "a" });
    });
    await database.transaction(async (other) => {
      await other.execute(insert, { id: 2, name: "b" });
      await expect(kept?.execute(insert, { id: 3, name: "c" })).rejects.toBeInstanceOf(TransactionClosedError);
    });
    expect(await idsOf(database)).toEqual([1, 2]);
  });

  it("refuses a statement that outlives it through the ambient context", async () => {
    const database = await server.open();
    const gate = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      late = gate.promise.then(() => database.execute(insert, { id: 2, name: "late" }));
      late.catch(() => {});
    });
    gate.resolve();
    await expect(late).rejects.toBeInstanceOf(TransactionClosedError);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("tells that the outcome is unknown when the connection dies during COMMIT", async () => {
    const database = await server.open(
      {},
      {
        tamper: (connection) =>
          withMembers(connection, {
            commit: async () => {
              connection.destroy();
              throw new Error("socket closed");
            },
          }),
      },
    );
    const failing = database.transaction((tx) => tx.execute(insert, { id: 1, name: "a" }), { retry: { attempts: 3 } });
    await expect(failing).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(database.stats()).toMatchObject({ busy: 0, created: 1 });
  });

  it("is never run again after an unknown outcome, whatever the lost connection says, and whoever passes the error on", async () => {
    const database = await server.open(
      {},
      {
        tamper: (connection) =>
          withMembers(connection, {
            commit: async () => {
              connection.destroy();
              throw DriverFault.lost("the connection was lost");
            },
          }),
      },
    );
    let runs = 0;
    const work = async (tx: Transaction): Promise<void> => {
      runs++;
      await tx.execute(insert, { id: runs, name: "a" });
    };
    const retry = { attempts: 3, backoffMs: 1 };
    await expect(database.transaction(work, { retry })).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(runs).toBe(1);
    const outer = async (): Promise<void> => {
      await database.transaction(work, { propagation: "requires_new" }).catch((cause: unknown) => {
        throw new Error("the order could not be placed", { cause });
      });
    };
    await expect(database.transaction(outer, { retry })).rejects.toThrow("could not be placed");
    expect(runs).toBe(2);
  });

  it("leaves the pool usable when BEGIN fails as often as there are connections", async () => {
    let failures = 0;
    const database = await server.open(
      { pool: { max: 2 } },
      {
        tamper: (connection) =>
          withMembers(connection, {
            begin: async (options) => {
              if (failures++ < 2) throw new Error("no transaction today");
              await connection.begin(options);
            },
          }),
      },
    );
    for (let round = 0; round < 2; round++) {
      await expect(database.transaction((tx) => tx.execute(insert, { id: 9, name: "x" }))).rejects.toMatchObject({
        cause: { message: "no transaction today" },
      });
    }
    await Promise.all([1, 2].map((id) => database.transaction((tx) => tx.execute(insert, { id, name: "a" }))));
    expect(await idsOf(database)).toEqual([1, 2]);
    expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it("drops the connection and keeps the callback's error when the rollback fails", async () => {
    const database = await server.open(
      {},
      {
        tamper: (connection) => withMembers(connection, { rollback: () => Promise.reject(new Error("rollback lost")) }),
      },
    );
    const own: Error & { rollbackError?: Error } = new Error("mine");
    await expect(
      database.transaction(async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        throw own;
      }),
    ).rejects.toBe(own);
    expect(own.rollbackError?.cause).toMatchObject({ message: "rollback lost" });
    expect(database.stats()).toMatchObject({ total: 0 });
    expect(await idsOf(database)).toEqual([]);
  });

  it("ends at its time limit without waiting for its callback", async () => {
    const database = await server.open();
    const never = Promise.withResolvers<void>();
    const failing = database.transaction(
      async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        await never.promise;
      },
      { timeoutMs: 30 },
    );
    await expect(failing).rejects.toBeInstanceOf(StatementTimeoutError);
    expect(database.stats()).toMatchObject({ busy: 0 });
    expect(await idsOf(database)).toEqual([]);
    never.resolve();
  });

  it("ends when its signal aborts, and the reason is the cause", async () => {
    const database = await server.open();
    const controller = new AbortController();
    const failing = database.transaction(
      async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        controller.abort(new Error("the client went away"));
        await tx.execute(insert, { id: 2, name: "b" });
      },
      { signal: controller.signal },
    );
    await expect(failing).rejects.toMatchObject({ code: "MDB_CANCELLED", cause: { message: "the client went away" } });
    expect(await idsOf(database)).toEqual([]);
  });
});

describe("nested transactions", () => {
  it("undo only the failed one of two that run at once", async () => {
    const database = await server.open();
    const outcomes = await database.transaction((tx) =>
      Promise.allSettled([
        tx.transaction((inner) => inner.execute(insert, { id: 1, name: "kept" })),
        tx.transaction(async (inner) => {
          await inner.execute(insert, { id: 2, name: "undone" });
          throw new Error("no");
        }),
      ]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("let the outer one go on after a failed statement inside", async () => {
    const database = await server.open();
    await database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      await tx.savepoint((inner) => inner.execute(insert, { id: 1, name: "again" })).catch(() => {});
      await tx.execute(insert, { id: 2, name: "b" });
    });
    expect(await idsOf(database)).toEqual([1, 2]);
  });

  it("take the outer handle inside as their own, instead of waiting for themselves", async () => {
    const database = await server.open();
    await database.transaction(async (tx) => {
      await tx
        .transaction(async () => {
          await tx.execute(insert, { id: 1, name: "inside" });
          throw new Error("undo");
        })
        .catch(() => {});
      await tx.execute(insert, { id: 2, name: "outside" });
    });
    expect(await idsOf(database)).toEqual([2]);
  });

  it("keep statements of the outer handle out until they have ended", async () => {
    const database = await server.open();
    await database.transaction(async (tx) => {
      const inner = tx.transaction(async (it) => {
        await it.execute(insert, { id: 1, name: "inner" });
        throw new Error("undo");
      });
      const outer = tx.execute(insert, { id: 2, name: "outer" });
      await Promise.allSettled([inner, outer]);
    });
    expect(await idsOf(database)).toEqual([2]);
  });
});

describe("propagation", () => {
  it("joins by default, from any function in the same async chain", async () => {
    const database = await server.open();
    const deep = async () => database.execute(insert, { id: 2, name: "deep" });
    await database
      .transaction(async () => {
        await database.execute(insert, { id: 1, name: "a" });
        await deep();
        throw new Error("undo");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([]);
  });

  it("makes the whole rollback-only when an inner one that had joined fails", async () => {
    const database = await server.open();
    const inner = new Error("inner");
    const failing = database.transaction(async () => {
      await database.execute(insert, { id: 1, name: "a" });
      await database.transaction(() => Promise.reject(inner)).catch(() => {});
    });
    await expect(failing).rejects.toBeInstanceOf(UnexpectedRollbackError);
    await expect(failing).rejects.toMatchObject({ cause: inner });
    expect(await idsOf(database)).toEqual([]);
  });

  it("keeps the work of requires_new when the outer one rolls back", async () => {
    const database = await server.open();
    await database
      .transaction(async () => {
        await database.transaction((tx) => tx.execute(insert, { id: 1, name: "own" }), { propagation: "requires_new" });
        throw new Error("undo");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([1]);
  });

  it("undoes only the nested one", async () => {
    const database = await server.open();
    await database.transaction(async () => {
      await database.execute(insert, { id: 1, name: "a" });
      const failing = async () => {
        await database.execute(insert, { id: 2, name: "b" });
        throw new Error("undo");
      };
      await database.transaction(failing, { propagation: "nested" }).catch(() => {});
    });
    expect(await idsOf(database)).toEqual([1]);
  });

  it("runs without a transaction under supports when there is none, and joins when there is", async () => {
    const database = await server.open();
    await database.transaction((tx) => tx.execute(insert, { id: 1, name: "alone" }), { propagation: "supports" });
    await database
      .transaction(async () => {
        await database.transaction((tx) => tx.execute(insert, { id: 2, name: "joined" }), { propagation: "supports" });
        throw new Error("undo");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([1]);
  });

  it("needs a transaction under mandatory and none under never", async () => {
    const database = await server.open();
    const nothing = async () => {};
    await expect(database.transaction(nothing, { propagation: "mandatory" })).rejects.toBeInstanceOf(
      TransactionStateError,
    );
    await database.transaction(nothing, { propagation: "never" });
    await database.transaction(async () => {
      await database.transaction(nothing, { propagation: "mandatory" });
      await expect(database.transaction(nothing, { propagation: "never" })).rejects.toBeInstanceOf(
        TransactionStateError,
      );
    });
  });

  it("suspends under not_supported", async () => {
    const database = await server.open();
    await database
      .transaction(async () => {
        await database.transaction(() => database.execute(insert, { id: 1, name: "apart" }), {
          propagation: "not_supported",
        });
        throw new Error("undo");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([1]);
  });

  it("finds the first database's transaction from inside a second one's", async () => {
    const database = await server.open();
    const manager = server.manager("second");
    await database
      .transaction(async () => {
        await manager.transaction("second", () => database.execute(insert, { id: 1, name: "a" }));
        throw new Error("undo");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([]);
  });
});

describe("options of a transaction", () => {
  it("are refused when the engine lacks them", async () => {
    const database = await server.open();
    await expect(database.transaction(async () => {}, { isolation: "snapshot" })).rejects.toBeInstanceOf(
      UnsupportedError,
    );
    await expect(database.transaction(async () => {}, { deferrable: true })).rejects.toBeInstanceOf(UnsupportedError);
    expect(database.stats().created).toBe(0);
  });

  it("are refused when they do not exist, with the nearest that does", async () => {
    const database = await server.open();
    const bad = { isolation: "serialisable" } as never;
    await expect(database.transaction(async () => {}, bad)).rejects.toThrow(
      'main (reference): option "isolation" must be "read uncommitted", "read committed", "repeatable read", "snapshot" or "serializable", not "serialisable"; did you mean "serializable"?',
    );
  });

  it("are refused when they contradict the transaction that is joined", async () => {
    const database = await server.open();
    await database.transaction(async () => {
      const joined = database.transaction(async () => {}, { isolation: "serializable" });
      await expect(joined).rejects.toBeInstanceOf(TransactionStateError);
      const readOnly = database.transaction(async () => {}, { readOnly: true });
      await expect(readOnly).rejects.toBeInstanceOf(TransactionStateError);
    });
  });

  it("run the callback again after a serialization failure", async () => {
    const database = await server.open({}, { random: () => 0 });
    let attempts = 0;
    await database.transaction(
      async (tx) => {
        await tx.execute(insert, { id: ++attempts, name: "a" });
        if (attempts < 3) throw new SerializationError("again");
      },
      { retry: { attempts: 5 } },
    );
    expect(attempts).toBe(3);
    expect(await idsOf(database)).toEqual([3]);
  });

  it("do not run the callback again after an error of another kind", async () => {
    const database = await server.open();
    let attempts = 0;
    const failing = database.transaction(
      async () => {
        attempts++;
        throw new Error("other");
      },
      { retry: { attempts: 5 } },
    );
    await expect(failing).rejects.toThrow("other");
    expect(attempts).toBe(1);
  });
});

describe("hooks", () => {
  it("run after the commit, outside of the transaction, when the connection is back", async () => {
    const database = await server.open({ pool: { max: 1 } });
    const seen: unknown[] = [];
    await database.transaction(async (tx) => {
      tx.onCommit(async () => seen.push(await idsOf(database)));
      tx.onRollback(() => seen.push("never"));
      await tx.execute(insert, { id: 1, name: "a" });
    });
    expect(seen).toEqual([[1]]);
  });

  it("run neither way when a text has ended the transaction, so that some of it may stand", async () => {
    const database = await server.open();
    const seen: string[] = [];
    const endedByText = database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      tx.onCommit(() => seen.push("outer commit"));
      tx.onRollback(() => seen.push("outer rollback"));
      await tx.savepoint(async (inner) => {
        inner.onRollback(() => seen.push("inner rollback"));
        await inner.execute("select 1; /* */ commit");
      });
    });
    await expect(endedByText).rejects.toBeInstanceOf(TransactionStateError);
    expect(await idsOf(database)).toEqual([1]);
    expect(seen).toEqual([]);
  });

  it("leave the transaction committed when they throw, and are reported apart", async () => {
    const database = await server.open();
    const reported: HookError[] = [];
    const result = await database.transaction(
      async (tx) => {
        tx.onCommit(() => {
          throw new Error("mail server down");
        });
        await tx.execute(insert, { id: 1, name: "a" });
        return "committed";
      },
      { onHookError: (error) => reported.push(error) },
    );
    expect(result).toBe("committed");
    expect(reported).toEqual([expect.any(HookError)]);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("of a savepoint that was rolled back run as rollback hooks, whatever becomes of the outer one", async () => {
    const database = await server.open();
    const seen: string[] = [];
    await database.transaction(async (tx) => {
      await tx
        .savepoint(async (inner) => {
          inner.onCommit(() => seen.push("inner commit"));
          inner.onRollback(() => seen.push("inner rollback"));
          throw new Error("undo");
        })
        .catch(() => {});
      tx.onCommit(() => seen.push("outer commit"));
    });
    expect(seen).toEqual(["inner rollback", "outer commit"]);
  });
});
