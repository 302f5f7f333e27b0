import { Inject, Optional } from "@nestjs/common";
import type { ModulesContainer } from "@nestjs/core";
import {
  ConnectionPool,
  type Database,
  type DatabaseManager,
  type RegisteredLabel,
  type TransactionOptions,
  transactional,
} from "@nsj/mdb-core";
import { databasesToken } from "./tokens.ts";

type Method<This, Parameters extends unknown[], Result> = (this: This, ...parameters: Parameters) => Promise<Result>;

/** A decorator for methods that works with TypeScript's `experimentalDecorators`, as Nest uses them, and as a standard one. */
export interface TransactionalDecorator {
  /** As a standard decorator. */
  <This, Parameters extends unknown[], Result>(
    method: Method<This, Parameters, Result>,
    context: ClassMethodDecoratorContext<This, Method<This, Parameters, Result>>,
  ): Method<This, Parameters, Result>;
  /** With `experimentalDecorators`. */
  <Parameters extends unknown[], Result>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...parameters: Parameters) => Promise<Result>>,
  ): void;
}

/** Where a provider finds the manager of its application. */
const manager: unique symbol = Symbol.for("@nsj/mdb-nestjs/manager");
/** Marks the methods that need one. */
const marked: unique symbol = Symbol.for("@nsj/mdb-nestjs/transactional");

/**
 * Runs each call of a method in a transaction of the database of a label: statements on that database inside it join it, in DAOs and in
 * whatever it calls. It joins a running one, unless `options.propagation` says otherwise.
 *
 * The database is that of the module in whose application the provider lives; that of the process-wide default where there is no module.
 */
export function Transactional(label: RegisteredLabel, options?: TransactionOptions): TransactionalDecorator {
  const wrap = <This, Parameters extends unknown[], Result>(method: Method<This, Parameters, Result>) =>
    wrapped(
      method,
      transactional((self: This) => databaseOf(self, label), method, options),
    );
  const decorate = (
    target: object,
    key: unknown,
    descriptor?: TypedPropertyDescriptor<Method<unknown, unknown[], unknown>>,
  ) => {
    if (descriptor === undefined) return wrap(target as Method<unknown, unknown[], unknown>);
    if (descriptor.value === undefined)
      throw new TypeError(`${String(key)} is not a method; Transactional is for methods`);
    // A property that Nest fills for every instance of the class, request-scoped ones among them.
    Inject(databasesToken)(target, manager);
    Optional()(target, manager);
    descriptor.value = wrap(descriptor.value);
    return undefined;
  };
  return decorate as TransactionalDecorator;
}

/** Gives the manager to the providers that are there already and have such methods: those that Nest fills no properties of. */
export function giveManager(modules: ModulesContainer, databases: DatabaseManager): void {
  for (const { providers, controllers } of modules.values()) {
    for (const { instance } of [...providers.values(), ...controllers.values()]) {
      if (!isObject(instance) || Object.hasOwn(instance, manager) || !hasMarkedMethod(instance)) continue;
      Object.defineProperty(instance, manager, { value: databases, configurable: true });
    }
  }
}

function databaseOf(self: unknown, label: string): Database {
  const own = (self as { readonly [manager]?: DatabaseManager } | undefined)?.[manager];
  return (own ?? ConnectionPool.manager).database(label);
}

/** What other decorators know about the method, such as its route, belongs to the method that takes its place. */
function wrapped<M extends object>(method: M, outer: M): M {
  for (const key of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), outer);
  }
  for (const property of ["name", "length"]) {
    Object.defineProperty(outer, property, { value: Reflect.get(method, property), configurable: true });
  }
  return Object.assign(outer, { [marked]: true });
}

function hasMarkedMethod(instance: object): boolean {
  for (
    let at: unknown = Object.getPrototypeOf(instance);
    isObject(at) && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && Object.hasOwn(value, marked)) return true;
    }
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
