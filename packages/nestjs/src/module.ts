import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from "@nestjs/common";
import { APP_FILTER, HttpAdapterHost, ModulesContainer } from "@nestjs/core";
import { DatabaseManager, type Executor, type RegisteredLabel } from "@nsj/mdb-core";
import { closeIdleConnections, closeWithin, type Shutdown } from "@nsj/mdb-http";
import { MdbExceptionFilter } from "./exception-filter.ts";
import { MdbHealthIndicator } from "./health-indicator.ts";
import { checkAsyncOptions, checkModuleOptions, type MdbModuleAsyncOptions, type MdbModuleOptions } from "./options.ts";
import { DatabaseSessions } from "./sessions.ts";
import { databasesToken, databaseToken, optionsToken } from "./tokens.ts";
import { giveManager } from "./transactional.ts";

/** A DAO as `DaoBase.for(table)` and `TransactionalDao.for(table)` make them. */
export type DaoClass = new (executor: Executor) => object;

/**
 * The databases of a Nest application: injectable by label, with a session for each request and label, status codes for the library's
 * errors, a health indicator, and an orderly shutdown (call `app.enableShutdownHooks()`). Import it once; it is global.
 */
export class MdbModule implements NestModule, OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  static {
    Module({})(MdbModule);
    for (const [index, token] of [optionsToken, DatabaseSessions, HttpAdapterHost, ModulesContainer].entries()) {
      Inject(token)(MdbModule, undefined, index);
    }
  }
  readonly #options: MdbModuleOptions;
  readonly #sessions: DatabaseSessions;
  readonly #host: HttpAdapterHost;
  readonly #modules: ModulesContainer;
  #shutdown: Shutdown | undefined;

  /** Made by Nest. */
  constructor(options: MdbModuleOptions, sessions: DatabaseSessions, host: HttpAdapterHost, modules: ModulesContainer) {
    this.#options = options;
    this.#sessions = sessions;
    this.#host = host;
    this.#modules = modules;
  }

  /** The module with options that are known by now. Every label of `databases` can be injected. */
  static forRoot(options: MdbModuleOptions): DynamicModule {
    checkModuleOptions("MdbModule.forRoot()", options);
    return rootModule(
      [{ provide: optionsToken, useValue: options }],
      options.databases.labels as readonly RegisteredLabel[],
    );
  }

  /** The module with options that a factory makes of other providers. */
  static forRootAsync<Dependencies extends readonly unknown[]>(
    options: MdbModuleAsyncOptions<Dependencies>,
  ): DynamicModule {
    checkAsyncOptions(options);
    const { imports = [], inject = [], labels, useFactory } = options;
    const make = async (...dependencies: readonly unknown[]): Promise<MdbModuleOptions> =>
      checkModuleOptions("MdbModule.forRootAsync()", await useFactory(...(dependencies as never)));
    return { ...rootModule([{ provide: optionsToken, useFactory: make, inject: [...inject] }], labels), imports };
  }

  /** Makes DAOs on the database of a label injectable by their classes, in the module that imports this. */
  static forFeature(label: RegisteredLabel, daos: readonly DaoClass[]): DynamicModule {
    const providers = daos.map((Dao) => ({
      provide: Dao,
      useFactory: (database: Executor) => new Dao(database),
      inject: [databaseToken(label)],
    }));
    return { module: MdbFeatureModule, providers, exports: [...daos] };
  }

  /** Called by Nest. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(this.#sessions.middleware(this.#options.session)).forRoutes("{*path}");
  }

  /** Called by Nest. */
  onModuleInit(): void {
    giveManager(this.#modules, this.#options.databases);
  }

  /** Called by Nest, before it stops listening. */
  beforeApplicationShutdown(): void {
    this.#shutdown = closeWithin(this.#options.databases, this.#options.closeTimeoutMs ?? 10_000);
    const server = this.#host.httpAdapter?.getHttpServer();
    if (server?.listening === true) closeIdleConnections(server);
  }

  /** Called by Nest, once every request has been answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.#shutdown?.finish();
  }
}

/** Holds the DAOs of one `forFeature`. */
class MdbFeatureModule {
  static {
    Module({})(MdbFeatureModule);
  }
}

function rootModule(options: Provider[], labels: readonly RegisteredLabel[]): DynamicModule {
  const providers: Provider[] = [
    {
      provide: databasesToken,
      useFactory: ({ databases }: MdbModuleOptions) => databases,
      inject: [optionsToken],
    },
    { provide: DatabaseManager, useExisting: databasesToken },
    ...labels.map((label) => ({
      provide: databaseToken(label),
      useFactory: (databases: DatabaseManager) => databases.database(label),
      inject: [databasesToken],
    })),
    DatabaseSessions,
    MdbHealthIndicator,
  ];
  return {
    module: MdbModule,
    global: true,
    providers: [...options, ...providers, { provide: APP_FILTER, useClass: MdbExceptionFilter }],
    exports: [
      databasesToken,
      DatabaseManager,
      ...labels.map((label) => databaseToken(label)),
      DatabaseSessions,
      MdbHealthIndicator,
    ],
  };
}
