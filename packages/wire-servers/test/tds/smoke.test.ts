import mssql from "mssql";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startTdsServer, type TdsServer } from "../../src/tds/server.ts";

describe("the TDS server with the mssql driver", () => {
  let server: TdsServer;
  let pool: mssql.ConnectionPool;

  beforeAll(async () => {
    server = await startTdsServer({ postgresUrl: inject("postgresUrl") });
    pool = await new mssql.ConnectionPool({
      server: server.host,
      port: server.port,
      user: server.user,
      password: server.password,
      database: server.database,
      options: { encrypt: false },
    }).connect();
  });

  afterAll(async () => {
    await pool?.close();
    await server?.close();
    expect(server?.refusals).toEqual([]);
  });

  it("creates, inserts and selects", async () => {
    await pool
      .request()
      .batch(
        "CREATE TABLE users (id INT IDENTITY(1,1) PRIMARY KEY, name NVARCHAR(50) NOT NULL, born DATETIME2(7) NULL)",
      );
    const inserted = await pool
      .request()
      .input("name", mssql.NVarChar(50), "Ålice")
      .query("INSERT INTO users (name) OUTPUT inserted.id VALUES (@name)");
    expect(inserted.recordset).toEqual([{ id: 1 }]);
    const found = await pool
      .request()
      .query(
        "SELECT id, name, born FROM users WHERE name LIKE N'Å%' ORDER BY id OFFSET 0 ROWS FETCH NEXT 10 ROWS ONLY",
      );
    expect(found.recordset).toEqual([{ id: 1, name: "Ålice", born: null }]);
  });

  it("keeps a transaction after a failing statement", async () => {
    const transaction = new mssql.Transaction(pool);
    await transaction.begin();
    await transaction.request().query("INSERT INTO users (name) VALUES ('Bob')");
    await expect(transaction.request().query("INSERT INTO users (name) VALUES (NULL)")).rejects.toMatchObject({
      number: 515,
    });
    await transaction.commit();
    const { recordset } = await pool.request().query("SELECT COUNT(*) AS n FROM users");
    expect(recordset).toEqual([{ n: 2 }]);
  });
});
