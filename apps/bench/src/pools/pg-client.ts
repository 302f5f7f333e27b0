import { EventEmitter } from "node:events";
import type { Client } from "pg";
import type { ConnectionMaker, FakeConnection } from "./pool-subject.ts";

/** A class like pg's `Client`, which is all that pg-pool can hold. */
export function clientClass(maker: ConnectionMaker): new () => Client {
  class FakeClient extends EventEmitter implements FakeConnection {
    #inner: FakeConnection | undefined;

    connect(done: (error?: unknown) => void): void {
      maker.connect().then(
        (connection) => {
          this.#inner = connection;
          done();
        },
        (error: unknown) => done(error),
      );
    }

    async work(): Promise<void> {
      await this.#inner?.work();
    }

    end(done?: () => void): void {
      done?.();
    }

    ref(): void {}
    unref(): void {}
  }
  return FakeClient as unknown as new () => Client;
}
