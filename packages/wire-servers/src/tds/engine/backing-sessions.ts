import { PostgresSession } from "../../shared/postgres-session.ts";
import { searchPath } from "./backing-schema.ts";

const mostSpare = 8;

/** Sessions of the database behind, which are lent to one client after the other: opening one takes longer than a client's login. */
export class BackingSessions {
  readonly #url: string;
  readonly #spare: PostgresSession[] = [];
  #closed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** A session that is as good as new. */
  async take(): Promise<PostgresSession> {
    const spare = this.#spare.pop();
    if (spare !== undefined) return spare;
    return PostgresSession.open(this.#url, {
      search_path: searchPath,
      application_name: "tds",
      deadlock_timeout: "100ms",
      DateStyle: "ISO",
      TimeZone: "UTC",
      extra_float_digits: "1",
    });
  }

  /** Takes a session back: what runs is stopped, and everything that it holds let go. */
  async giveBack(session: PostgresSession): Promise<void> {
    if (await this.#isClean(session)) this.#spare.push(session);
    else await session.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#spare.splice(0).map((it) => it.close()));
  }

  async #isClean(session: PostgresSession): Promise<boolean> {
    if (this.#closed || this.#spare.length >= mostSpare) return false;
    try {
      await session.interrupt();
      if (session.status !== "idle") await session.rollback();
      session.resume();
      await session.run("DISCARD ALL");
      return session.status === "idle" && !this.#closed;
    } catch {
      return false;
    }
  }
}
