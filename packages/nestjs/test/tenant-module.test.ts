import "reflect-metadata";
import { Controller, Get, HttpException, Inject, Module, Param } from "@nestjs/common";
import { APP_GUARD, NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { DatabaseManager, defineDatabase, type Session } from "@nsj/mdb-core";
import {
  DatabaseSession,
  fromClaim,
  fromHost,
  MdbModule,
  MdbTenantModule,
  Tenant,
  type TenantOptions,
  Transactional,
  WithoutTenant,
} from "@nsj/mdb-nestjs";
import { tenants } from "@nsj/mdb-tenants";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { decorateMethod } from "./decorate.ts";

interface Asking {
  readonly headers: Readonly<Record<string, string | undefined>>;
  user?: { readonly tenant: string | undefined };
}

const whose = "select name from items limit 1";

class Shop {
  readonly #databases: DatabaseManager;

  constructor(databases: DatabaseManager) {
    this.#databases = databases;
  }

  /** In a transaction by its decorator. */
  async add(fail: boolean): Promise<unknown> {
    const shop = this.#databases.database("shop");
    await shop.execute("insert into items (name) values ('more')");
    if (fail) throw new HttpException("no", 409);
    return shop.queryScalar(whose);
  }
}
Inject(DatabaseManager)(Shop, undefined, 0);
decorateMethod(Shop.prototype, "add", [Transactional("shop")]);

class Routes {
  readonly #shop: Shop;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  add(how: string): Promise<unknown> {
    return this.#shop.add(how === "fail");
  }

  async session(tenant: string, session: Session): Promise<unknown> {
    return {
      tenant,
      seen: await session.queryScalar(whose),
      count: await session.queryScalar("select count(*) from items"),
    };
  }

  nobody(tenant: string | undefined): unknown {
    return { tenant: tenant ?? null };
  }
}
Controller()(Routes);
Inject(Shop)(Routes, undefined, 0);
decorateMethod(Routes.prototype, "add", [Get("add/:how")], [Param("how")]);
decorateMethod(Routes.prototype, "session", [Get("session")], [Tenant(), DatabaseSession("shop")]);
decorateMethod(Routes.prototype, "nobody", [Get("nobody"), WithoutTenant()], [Tenant()]);

/** Checks tokens, as guards do. */
class Guard {
  canActivate(context: { switchToHttp(): { getRequest(): Asking } }): boolean {
    const request = context.switchToHttp().getRequest();
    request.user = { tenant: request.headers["x-user-of"] };
    return true;
  }
}

async function start() {
  const fake = fakeDriver();
  const shops = tenants({ driver: fake.driver, resolve: (id) => defineDatabase(fake.driver, { name: id }) });
  const databases: DatabaseManager = new DatabaseManager({ shop: shops }) as never;
  for (const id of ["acme", "bolt"]) {
    await shops.run(id, () => databases.database("shop").execute("create table items (name text)"));
    await shops.run(id, () => databases.database("shop").execute("insert into items (name) values (:id)", { id }));
  }
  const useFactory = (given: typeof shops): TenantOptions<Asking> => ({
    tenants: given,
    from: [fromHost("*.example.org"), fromClaim((request: Asking) => request.user?.tenant)],
  });
  class Provided {}
  Module({ providers: [{ provide: "shops", useValue: shops }], exports: ["shops"] })(Provided);
  class Application {}
  Module({
    imports: [
      MdbModule.forRoot({ databases }),
      MdbTenantModule.forRootAsync({ imports: [Provided], inject: ["shops"], useFactory }),
    ],
    controllers: [Routes],
    providers: [Shop, { provide: APP_GUARD, useClass: Guard }],
  })(Application);
  const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), { logger: false });
  await app.init();
  onTestFinished(async () => {
    await app.close();
    fake.close();
  });
  return async (url: string, headers: Readonly<Record<string, string>>) => {
    const { statusCode, body } = await app.inject({ url, headers });
    return { status: statusCode, body: body.startsWith("{") ? JSON.parse(body) : body };
  };
}

describe("a module of tenants whose options come from other providers", () => {
  it("opens the scope for sessions of parameters and for transactions by decorator, after the guards", async () => {
    const ask = await start();
    const host = { host: "acme.example.org", "x-user-of": "acme" };
    expect(await ask("/add/well", host)).toEqual({ status: 200, body: "acme" });
    expect((await ask("/add/fail", host)).status).toBe(409);
    expect(await ask("/session", host)).toEqual({ status: 200, body: { tenant: "acme", seen: "acme", count: 2 } });
    expect(await ask("/session", { host: "localhost", "x-user-of": "bolt" })).toMatchObject({
      body: { tenant: "bolt", seen: "bolt", count: 1 },
    });
  });

  it("answers with 403 whoever comes to another tenant's address, and 400 who names none", async () => {
    const ask = await start();
    expect(await ask("/session", { host: "acme.example.org", "x-user-of": "bolt" })).toMatchObject({
      status: 403,
      body: { code: "MDB_TENANT_CONTRADICTED" },
    });
    expect(await ask("/session", { host: "localhost" })).toMatchObject({
      status: 400,
      body: { code: "MDB_TENANT_MISSING" },
    });
  });

  it("leaves alone what is marked to be without a tenant", async () => {
    const ask = await start();
    expect(await ask("/nobody", { host: "localhost" })).toEqual({ status: 200, body: { tenant: null } });
  });
});
