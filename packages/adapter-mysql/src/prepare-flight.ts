import { Flight } from "./flight.ts";
import type { Link } from "./link.ts";
import type { PacketReader } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";
import { ShapeReader } from "./shapes.ts";

/** A statement that the server has prepared. */
export interface Prepared {
  readonly id: number;
  readonly parameters: number;
  readonly shapes: ShapeReader;
}

const stmtPrepare = 0x16;

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html */
export class PrepareFlight extends Flight<Prepared> {
  readonly #text: string;
  #prepared: Prepared | undefined;
  /** Definitions of parameters and of columns, each kind with an end. */
  #packetsLeft = 0;

  constructor(link: Link, text: string) {
    super(link);
    this.#text = text;
  }

  protected command(): PacketWriter {
    const writer = new PacketWriter(this.#text.length + 1);
    writer.u8(stmtPrepare);
    writer.rest(this.#text);
    return writer;
  }

  protected received(reader: PacketReader): boolean {
    if (this.#prepared !== undefined) return --this.#packetsLeft === 0;
    reader.skip(1);
    const id = reader.u32();
    const columns = reader.u16();
    const parameters = reader.u16();
    this.#prepared = { id, parameters, shapes: new ShapeReader() };
    this.#packetsLeft = (columns > 0 ? columns + 1 : 0) + (parameters > 0 ? parameters + 1 : 0);
    return this.#packetsLeft === 0;
  }

  protected outcome(): Prepared {
    if (this.#prepared === undefined) throw new Error("the server has not prepared the statement");
    return this.#prepared;
  }
}
