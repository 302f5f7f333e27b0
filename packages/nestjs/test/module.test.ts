import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Controller, Get, type INestApplication, Inject, Injectable, Module, Scope } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { ConnectionPool, DaoBase, type Database, DatabaseManager, defineTable, type Session } from "@nsj/mdb-core";
import {
  DatabaseSession,
  DatabaseSessions,
  databaseToken,
  InjectDatabase,
  MdbHealthIndicator,
  MdbModule,
  Transactional,
} from "@nsj/mdb-nestjs";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { decorateMethod } from "./decorate.ts";

interface Item {
  readonly id: number;
}
const items = defineTable<Item>("items").primaryKey("id");

class ItemDao extends DaoBase.for(items) {}

/** With `experimentalDecorators`: what adds rows and then fails when told so. */
class ItemService {
  readonly dao: ItemDao;
  readonly database: Database;

  constructor(dao: ItemDao, database: Database) {
    this.dao = dao;
    this.database = database;
  }

  async add(fail: boolean, ...ids: number[]): Promise<number> {
    for (const id of ids) await this.dao.insert({ id });
    if (fail) throw new Error("a failure of the service");
    return ids.length;
  }
}
Injectable()(ItemService);
Inject(ItemDao)(ItemService, undefined, 0);
InjectDatabase("main")(ItemService, undefined, 1);
decorateMethod(ItemService.prototype, "add", [Transactional("main")]);

/** The same, made anew for each request. */
class RequestScopedService {
  readonly dao: ItemDao;

  constructor(dao: ItemDao) {
    this.dao = dao;
  }

  async add(id: number): Promise<void> {
    await this.dao.insert({ id });
    throw new Error("a failure of the service");
  }
}
Injectable({ scope: Scope.REQUEST })(RequestScopedService);
Inject(ItemDao)(RequestScopedService, undefined, 0);
decorateMethod(RequestScopedService.prototype, "add", [Transactional("main")]);

/** With a standard decorator: the method is given and its replacement taken. */
class StandardService {
  readonly dao: ItemDao;

  constructor(dao: ItemDao) {
    this.dao = dao;
  }

  async add(...ids: number[]): Promise<void> {
    for (const id of ids) await this.dao.insert({ id });
  }
}
Injectable()(StandardService);
Inject(ItemDao)(StandardService, undefined, 0);
StandardService.prototype.add = Transactional("main")(StandardService.prototype.add, {
  kind: "method",
  name: "add",
} as never);

class ItemController {
  readonly scoped: RequestScopedService;

  constructor(scoped: RequestScopedService) {
    this.scoped = scoped;
  }

  async add(session: Session): Promise<{ readonly same: boolean }> {
    await session.execute("insert into items (id) values (1)");
    return { same: true };
  }

  async addScoped(): Promise<unknown> {
    return this.scoped.add(2).catch((error: Error) => ({ error: error.message }));
  }

  async addHere(): Promise<unknown> {
    return { transactional: true };
  }
}
Controller()(ItemController);
Inject(RequestScopedService)(ItemController, undefined, 0);
decorateMethod(ItemController.prototype, "add", [Get("add")], [DatabaseSession("main")]);
decorateMethod(ItemController.prototype, "addScoped", [Get("scoped")]);
// Above the route: what Nest knows of the method must not be lost.
decorateMethod(ItemController.prototype, "addHere", [Transactional("main"), Get("here")]);

const running: INestApplication[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

async function openDatabases(): Promise<DatabaseManager> {
  const databases = new DatabaseManager({ main: sqlite({ filename: ":memory:" }) });
  await databases.database("main").execute("create table items (id integer primary key)");
  return databases;
}

async function start(mdb: ReturnType<typeof MdbModule.forRoot>): Promise<INestApplication> {
  class Application {}
  Module({
    imports: [mdb, MdbModule.forFeature("main", [ItemDao])],
    controllers: [ItemController],
    providers: [ItemService, RequestScopedService, StandardService],
  })(Application);
  const app = await NestFactory.create(Application, { logger: false });
  running.push(app);
  await app.listen(0, "127.0.0.1");
  return app;
}

async function get(app: INestApplication, path: string): Promise<unknown> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}${path}`)).json();
}

const idsOf = async (databases: DatabaseManager) =>
  (await databases.database("main").query<Item>("select id from items order by id")).map(({ id }) => id);

describe("MdbModule", () => {
  it("makes databases and DAOs injectable", async () => {
    const databases = await openDatabases();
    const app = await start(MdbModule.forRoot({ databases }));
    expect(app.get(DatabaseManager)).toBe(databases);
    expect(app.get(databaseToken("main"))).toBe(databases.database("main"));
    const { database, dao } = app.get(ItemService);
    expect(database).toBe(databases.database("main"));
    await dao.insert({ id: 1 });
    expect(await idsOf(databases)).toEqual([1]);
  });

  it("takes its options from a factory and what is injected into it", async () => {
    const databases = await openDatabases();
    class Configuration {}
    Module({ providers: [{ provide: "DATABASES", useValue: databases }], exports: ["DATABASES"] })(Configuration);
    const app = await start(
      MdbModule.forRootAsync({
        labels: ["main"],
        imports: [Configuration],
        inject: ["DATABASES"],
        useFactory: async (given: DatabaseManager) => ({ databases: given }),
      }),
    );
    expect(app.get(ItemService).database).toBe(databases.database("main"));
  });

  it("closes the databases with the application", async () => {
    const databases = await openDatabases();
    const app = await start(MdbModule.forRoot({ databases }));
    await app.close();
    await expect(databases.database("main").query("select 1")).rejects.toMatchObject({ code: "MDB_POOL_CLOSED" });
  });
});

describe("Transactional", () => {
  it("commits when the method resolves, and keeps nothing when it rejects", async () => {
    const databases = await openDatabases();
    const service = (await start(MdbModule.forRoot({ databases }))).get(ItemService);
    expect(await service.add(false, 1, 2)).toBe(2);
    await expect(service.add(true, 3)).rejects.toThrow("a failure of the service");
    expect(await idsOf(databases)).toEqual([1, 2]);
  });

  it("uses the databases of its own application, when there are two in the process", async () => {
    const [first, second] = [await openDatabases(), await openDatabases()];
    const services = [
      (await start(MdbModule.forRoot({ databases: first }))).get(ItemService),
      (await start(MdbModule.forRoot({ databases: second }))).get(ItemService),
    ];
    for (const [index, service] of services.entries()) await expect(service.add(true, index)).rejects.toThrow();
    expect([await idsOf(first), await idsOf(second)]).toEqual([[], []]);
  });

  it("works in a provider that is made for each request", async () => {
    const databases = await openDatabases();
    const app = await start(MdbModule.forRoot({ databases }));
    expect(await get(app, "/scoped")).toEqual({ error: "a failure of the service" });
    expect(await idsOf(databases)).toEqual([]);
  });

  it("works as a standard decorator", async () => {
    const databases = await openDatabases();
    const service = (await start(MdbModule.forRoot({ databases }))).get(StandardService);
    await service.add(1);
    await expect(service.add(2, 1)).rejects.toMatchObject({ code: "MDB_UNIQUE_VIOLATION" });
    expect(await idsOf(databases)).toEqual([1]);
  });

  it("leaves the route that another decorator made", async () => {
    const app = await start(MdbModule.forRoot({ databases: await openDatabases() }));
    expect(await get(app, "/here")).toEqual({ transactional: true });
  });

  it("uses the process-wide default where there is no module", async () => {
    const defaults = ConnectionPool.configure({ main: sqlite({ filename: ":memory:" }) });
    onTestFinished(() => ConnectionPool.closeAllConnections());
    const main = defaults.database("main");
    await main.execute("create table items (id integer primary key)");
    const service = new ItemService(new ItemDao(main), main);
    await expect(service.add(true, 1)).rejects.toThrow("a failure of the service");
    expect(await main.query("select id from items")).toEqual([]);
  });

  it("refuses what is not a method", () => {
    const descriptor = { get: () => async () => 1 };
    expect(() => Transactional("main")({}, "field", descriptor as never)).toThrow(TypeError);
  });
});

describe("a request's sessions", () => {
  it("come to a controller's method as a parameter, and are rolled back unless committed", async () => {
    const databases = await openDatabases();
    const app = await start(MdbModule.forRoot({ databases }));
    expect(await get(app, "/add")).toEqual({ same: true });
    expect(await idsOf(databases)).toEqual([]);
  });

  it("are refused outside of a request", async () => {
    const app = await start(MdbModule.forRoot({ databases: await openDatabases() }));
    await expect(app.get(DatabaseSessions).session("main")).rejects.toMatchObject({ code: "MDB_TRANSACTION_STATE" });
  });
});

describe("the health indicator", () => {
  it("has the shape that Terminus takes, up and down", async () => {
    const databases = await openDatabases();
    const indicator = (await start(MdbModule.forRoot({ databases }))).get(MdbHealthIndicator);
    const latencyMs = expect.any(Number);
    expect(await indicator.isHealthy("all")).toEqual({
      all: { status: "up", databases: { main: { status: "up", latencyMs } } },
    });
    await databases.close();
    expect(await indicator.isHealthy("all")).toEqual({
      all: { status: "down", databases: { main: { status: "down", latencyMs, code: "MDB_POOL_CLOSED" } } },
    });
  });
});

describe("options of the module that are wrong are refused by name", () => {
  const open = () => new DatabaseManager({ main: sqlite({ filename: ":memory:" }) });
  const notAManager = '"databases" must be a DatabaseManager, new DatabaseManager({ ... }), not ';

  it.each<[unknown, string]>([
    [undefined, "options must be an object, not undefined"],
    [{}, `${notAManager}undefined`],
    [{ databases: { main: sqlite({ filename: ":memory:" }) } }, `${notAManager}something else`],
    [{ database: open() }, 'unknown option "database"; did you mean "databases"?'],
  ])("of forRoot: %j", (options, problem) => {
    expect(() => MdbModule.forRoot(options as never)).toThrow(`MdbModule.forRoot(): ${problem}`);
  });

  it.each<[unknown, string]>([
    [{ useFactory: () => ({ databases: open() }) }, 'option "labels" is missing'],
    [{ labels: ["main"], useClass: Object }, 'unknown option "useClass"'],
  ])("of forRootAsync: %j", (options, problem) => {
    expect(() => MdbModule.forRootAsync(options as never)).toThrow(`MdbModule.forRootAsync(): ${problem}`);
  });

  it("of what a factory makes", async () => {
    class Root {}
    Module({ imports: [MdbModule.forRootAsync({ labels: ["main"], useFactory: () => open() as never })] })(Root);
    const starting = NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
    await expect(starting).rejects.toThrow("MdbModule.forRootAsync(): ");
  });
});
