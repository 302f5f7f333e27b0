import type { ParameterHint, ParameterValue } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import { PacketWriter } from "./packet-writer.ts";
import type { SessionZone } from "./session-zone.ts";
import { encode } from "./values.ts";

/** COM_QUERY: a text without parameters. */
export function queryCommand(text: string): PacketWriter {
  return named(0x03, text);
}

/** COM_INIT_DB: the current database. */
export function initDbCommand(database: string): PacketWriter {
  return named(0x02, database);
}

/** COM_PING. Its answer tells the status. */
export function pingCommand(): PacketWriter {
  return named(0x0e, "");
}

/** COM_RESET_CONNECTION. It keeps the current database. */
export function resetCommand(): PacketWriter {
  return named(0x1f, "");
}

function named(code: number, text: string): PacketWriter {
  const writer = new PacketWriter(text.length + 1);
  writer.u8(code);
  writer.rest(text);
  return writer;
}

const typesAreNew = 1;
const isUnsigned = 0x80;

/**
 * COM_STMT_EXECUTE.
 * @throws DriverFault for a value that cannot be sent
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
 */
export function executeCommand(
  id: number,
  count: number,
  values: readonly ParameterValue[],
  hints: readonly (ParameterHint | undefined)[] | undefined,
  zone: SessionZone,
): PacketWriter {
  if (values.length !== count) {
    throw refusal("parameter", `the statement has ${count} placeholders, and ${values.length} values were given`);
  }
  const writer = new PacketWriter(16 + count * 12);
  writer.u8(0x17);
  writer.u32(id);
  writer.u8(0);
  writer.u32(1);
  if (count === 0) return writer;
  const nulls = writer.reserve((count + 7) >> 3);
  writer.u8(typesAreNew);
  const types = writer.reserve(count * 2);
  for (let index = 0; index < count; index++) {
    const encoded = encode(values[index] as ParameterValue, hints?.[index], zone);
    writer.set(types + index * 2, encoded.type);
    if (encoded.isUnsigned === true) writer.set(types + index * 2 + 1, isUnsigned);
    if (encoded.write === undefined)
      writer.set(nulls + (index >> 3), writer.get(nulls + (index >> 3)) | (1 << (index & 7)));
    else encoded.write(writer);
  }
  return writer;
}
