import type { Area } from "./area.ts";
import { branches } from "./branches.ts";
import { bulkLoad } from "./bulk-load.ts";
import { cancel } from "./cancel.ts";
import { close } from "./close.ts";
import { connect } from "./connect.ts";
import { context } from "./context.ts";
import { coreErrors } from "./core-errors.ts";
import { coreLosses } from "./core-losses.ts";
import { coreOutcomes } from "./core-outcomes.ts";
import { corePool } from "./core-pool.ts";
import { coreSessionChanges } from "./core-session-changes.ts";
import { coreSessions } from "./core-sessions.ts";
import { coreSpanning } from "./core-spanning.ts";
import { coreTransactions } from "./core-transactions.ts";
import { coreTypes } from "./core-types.ts";
import { dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { executeMany } from "./execute-many.ts";
import { fates } from "./fates.ts";
import { hygiene } from "./hygiene.ts";
import { isolation } from "./isolation.ts";
import { localState } from "./local-state.ts";
import { meta } from "./meta.ts";
import { networkFaults } from "./network.ts";
import { parameters } from "./parameters.ts";
import { prepared } from "./prepared.ts";
import { procedures } from "./procedures.ts";
import { query } from "./query.ts";
import { reset } from "./reset.ts";
import { savepoints } from "./savepoints.ts";
import { sessionChanges } from "./session-changes.ts";
import { stream } from "./stream.ts";
import { transactions } from "./transactions.ts";
import { types } from "./types.ts";

/** Every area of the suite, in the order in which a new adapter wants to pass them. */
export const areas: readonly Area[] = [
  meta,
  connect,
  query,
  parameters,
  types,
  localState,
  transactions,
  isolation,
  fates,
  savepoints,
  branches,
  prepared,
  reset,
  sessionChanges,
  context,
  stream,
  cancel,
  close,
  executeMany,
  bulkLoad,
  procedures,
  errors,
  networkFaults,
  dialect,
  hygiene,
  coreTypes,
  coreErrors,
  coreLosses,
  coreTransactions,
  coreSpanning,
  coreOutcomes,
  coreSessions,
  coreSessionChanges,
  corePool,
];
