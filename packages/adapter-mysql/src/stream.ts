import { type ColumnInfo, DriverFault, type RowStream, type Statement } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { PacketWriter } from "./packet-writer.ts";
import { type ReadingOptions, ResultFlight } from "./result-flight.ts";
import type { Session } from "./session.ts";
import { emptyShape, type Shape } from "./shapes.ts";

/** How long the rest of a result that nobody wants may take to arrive before the server is told to stop, in milliseconds. */
const patienceMs = 50;
const stopWithinMs = 2_000;

/** Rows that arrive while somebody asks for them; in between the socket is paused, and the server waits. */
export class MysqlStream implements RowStream {
  readonly #session: Session;
  readonly #statement: Statement;
  readonly #fetchSize: number;
  #flight: StreamFlight | undefined;
  /** Settles with the end of the whole statement. */
  #running: Promise<unknown> | undefined;
  #isOver = false;

  constructor(session: Session, statement: Statement, fetchSize: number) {
    this.#session = session;
    this.#statement = statement;
    this.#fetchSize = fetchSize;
  }

  get columns(): readonly ColumnInfo[] {
    return (this.#flight?.shape ?? emptyShape).infos;
  }

  read(): Promise<unknown[][] | null> {
    if (this.#isOver) return Promise.resolve(null);
    return this.#session.operate(async () => {
      const full = new Promise<void>((resolve) => {
        if (this.#flight === undefined) this.#onFull = resolve;
        else this.#flight.onFull = resolve;
      });
      if (this.#running === undefined) {
        this.#running = this.#start();
        // It may fail between two reads; the next one will say so.
        this.#running.catch(() => undefined);
      } else this.#session.link.resume();
      try {
        await Promise.race([full, this.#running.then(() => this.#end())]);
      } catch (error) {
        this.#isOver = true;
        throw error;
      }
      const rows = this.#flight?.take() ?? [];
      return rows.length === 0 ? null : rows;
    });
  }

  async close(): Promise<void> {
    if (this.#running === undefined || this.#isOver) {
      this.#isOver = true;
      return;
    }
    await this.#session.operate(() => this.#discard());
    this.#isOver = true;
  }

  #onFull: (() => void) | undefined;

  #start(): Promise<unknown> {
    return this.#session.ofCaller(this.#statement.text, () =>
      this.#session.execute(this.#statement, (command, prepared) => {
        const { link } = this.#session;
        const flight = new StreamFlight(link, command, this.#session.reading(prepared), this.#fetchSize);
        flight.onFull = this.#onFull;
        this.#flight = flight;
        return link.send(flight);
      }),
    );
  }

  #end(): void {
    // What was read last is still to be taken; behind it there is nothing.
    if ((this.#flight?.waiting ?? 0) === 0) this.#isOver = true;
  }

  async #discard(): Promise<void> {
    const { link, interruption } = this.#session;
    this.#flight?.discard();
    const stop = (): void => {
      const deadline = link.clock.now() + stopWithinMs;
      interruption.ask({ deadline }).catch((error: unknown) => {
        link.fail(DriverFault.lost("a stream could not be stopped in time", error));
      });
    };
    const timer = link.clock.setTimer(stop, patienceMs, { keepProcessAlive: true });
    link.resume();
    try {
      await this.#running;
    } catch {
      // The end of what nobody wants any more.
    } finally {
      timer.cancel();
    }
  }
}

class StreamFlight extends ResultFlight {
  shape: Shape = emptyShape;
  onFull: (() => void) | undefined;
  readonly #fetchSize: number;
  #batch: unknown[][] = [];
  #isDiscarding = false;

  constructor(link: Link, command: PacketWriter, options: ReadingOptions, fetchSize: number) {
    super(link, command, options);
    this.#fetchSize = fetchSize;
  }

  get waiting(): number {
    return this.#batch.length;
  }

  take(): unknown[][] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  discard(): void {
    this.#isDiscarding = true;
    this.#batch = [];
  }

  protected override described(shape: Shape): void {
    if (this.shape !== emptyShape) {
      this.failure ??= { error: refusal("unsupported", "a stream of several results; run the procedure by call()") };
    }
    this.shape = shape;
  }

  protected override row(row: unknown[]): void {
    if (this.#isDiscarding) return;
    this.#batch.push(row);
    if (this.#batch.length < this.#fetchSize) return;
    this.link.pause();
    this.onFull?.();
  }
}
