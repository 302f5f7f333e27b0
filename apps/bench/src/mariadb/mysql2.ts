import mysql2, { type Connection, type Pool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import { chunks, type ServerContestant, type ServerOperations } from "../servers/contestant.ts";
import type { Note, Person } from "../servers/rows.ts";

const selectPerson = "select id, name, email, age, active, created_at from people where id = ?";
const selectThousand =
  "select id, name, email, age, active, created_at from people where id > ? order by id limit 1000";
const insertNote = "insert into notes (author, title, body) values (?, ?, ?)";

type Row = Person & RowDataPacket;

/** How everybody who stands on mysql2 connects: moments are UTC, as they are stored. */
export function optionsOf(url: string) {
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  return { host, port: Number(port), user, password, database: pathname.slice(1), timezone: "Z" };
}

/** One connection of mysql2's own. */
export function connect(url: string): Promise<Connection> {
  return mysql2.createConnection(optionsOf(url));
}

/** mysql2's pool of at most ten connections. */
export function poolOf(url: string): Pool {
  return mysql2.createPool({ ...optionsOf(url), connectionLimit: 10 });
}

/** One connection of mysql2 with prepared statements: the floor that everything built on mysql2 stands on. */
export const mysql2Prepared: ServerContestant = {
  name: "mysql2",
  async open(url) {
    const connection = await connect(url);
    const execute = async <T extends Row[] | ResultSetHeader>(text: string, values: (string | number)[]): Promise<T> =>
      (await connection.execute<T>(text, values))[0];
    return { ...operationsOf(connection, execute), close: () => connection.end() };
  },
};

/** The same in the text protocol, where mysql2 writes the values into the text. */
export const mysql2Text: ServerContestant = {
  name: "mysql2, query()",
  async open(url) {
    const connection = await connect(url);
    const query = async <T extends Row[] | ResultSetHeader>(text: string, values: (string | number)[]): Promise<T> =>
      (await connection.query<T>(text, values))[0];
    return { ...operationsOf(connection, query), close: () => connection.end() };
  },
};

/** mysql2 with its pool, and prepared statements. */
export const mysql2Pool: ServerContestant = {
  name: "mysql2, pool",
  async open(url) {
    const pool = poolOf(url);
    return {
      person: async (id) => (await pool.execute<Row[]>(selectPerson, [id]))[0][0],
      thousand: async (after) => (await pool.execute<Row[]>(selectThousand, [after]))[0],
      insert: async ({ author, title, body }) =>
        (await pool.execute<ResultSetHeader>(insertNote, [author, title, body]))[0].insertId,
      async inTransaction(id) {
        const connection = await pool.getConnection();
        try {
          await connection.beginTransaction();
          const [rows] = await connection.execute<Row[]>(selectPerson, [id]);
          await connection.commit();
          return rows[0];
        } finally {
          connection.release();
        }
      },
      close: () => pool.end(),
    };
  },
};

type Send = <T extends Row[] | ResultSetHeader>(text: string, values: (string | number)[]) => Promise<T>;

function operationsOf(connection: Connection, send: Send): Omit<ServerOperations, "close"> {
  return {
    person: async (id) => (await send<Row[]>(selectPerson, [id]))[0],
    thousand: (after) => send<Row[]>(selectThousand, [after]),
    insert: async ({ author, title, body }) =>
      (await send<ResultSetHeader>(insertNote, [author, title, body])).insertId,
    async inTransaction(id) {
      await connection.beginTransaction();
      const [row] = await send<Row[]>(selectPerson, [id]);
      await connection.commit();
      return row;
    },
    async bulk(notes: readonly Note[]) {
      await connection.beginTransaction();
      for (const chunk of chunks(notes)) {
        const rows = chunk.map(({ author, title, body }) => [author, title, body]);
        await connection.query("insert into bulk_notes (author, title, body) values ?", [rows]);
      }
      await connection.commit();
    },
  };
}
