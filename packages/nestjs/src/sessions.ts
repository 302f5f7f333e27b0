import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createParamDecorator, type ExecutionContext, Inject, Injectable } from "@nestjs/common";
import {
  type DatabaseManager,
  type RegisteredLabel,
  type Session,
  type SessionOptions,
  TransactionStateError,
} from "@nsj/mdb-core";
import { endWithAnswer, type NodeSessions, nodeSessions } from "@nsj/mdb-http";
import { databasesToken } from "./tokens.ts";

/** Where a request carries its sessions, for the parameter decorator. */
const carried: unique symbol = Symbol.for("@nsj/mdb-nestjs/sessions");

interface Carrier {
  [carried]?: NodeSessions;
  /** Fastify wraps the request of Node.js. */
  readonly raw?: Carrier;
}

/**
 * The sessions of the request that is being served, for providers of any scope: found by the async context, so that no provider has to be
 * request-scoped for them.
 */
export class DatabaseSessions {
  static {
    Injectable()(DatabaseSessions);
    Inject(databasesToken)(DatabaseSessions, undefined, 0);
  }
  readonly #databases: DatabaseManager;
  readonly #requests = new AsyncLocalStorage<NodeSessions>();

  /** Made by Nest. */
  constructor(databases: DatabaseManager) {
    this.#databases = databases;
  }

  /**
   * This request's session of a label: made at the first call, the same one afterwards, rolled back when the answer ends unless committed.
   * A client that goes away stops its statements on the server.
   * @throws TransactionStateError outside of an HTTP request
   */
  async session(label: RegisteredLabel): Promise<Session> {
    return this.#current().sessions.session(label);
  }

  /** Aborts when the client goes away before it has its answer; for statements of your own. @throws TransactionStateError likewise */
  get clientGone(): AbortSignal {
    return this.#current().clientGone;
  }

  /** Used by the module: gives each request its sessions. */
  middleware(
    options: Omit<SessionOptions, "signal"> | undefined,
  ): (request: IncomingMessage & Carrier, response: ServerResponse, next: () => void) => void {
    return (request, response, next) => {
      let own = request[carried];
      // Nest may apply a middleware once for each route that matches.
      if (own === undefined) {
        own = nodeSessions(this.#databases, request, response, options);
        endWithAnswer(own, response);
        request[carried] = own;
      }
      this.#requests.run(own, next);
    };
  }

  #current(): NodeSessions {
    const own = this.#requests.getStore();
    if (own === undefined) throw outsideOfRequest();
    return own;
  }
}

/**
 * A parameter of a controller's method that gets this request's session of a label:
 * `place(@DatabaseSession("orders") session: Session)`.
 */
export const DatabaseSession: (label: RegisteredLabel) => ParameterDecorator = createParamDecorator(
  (label: RegisteredLabel, context: ExecutionContext): Promise<Session> => {
    const request = context.switchToHttp().getRequest<Carrier>();
    const own = request[carried] ?? request.raw?.[carried];
    if (own === undefined) throw outsideOfRequest();
    return own.sessions.session(label);
  },
);

function outsideOfRequest(): TransactionStateError {
  return new TransactionStateError(
    "there is no HTTP request here whose session this could be; take one of your own with withSession()",
  );
}
