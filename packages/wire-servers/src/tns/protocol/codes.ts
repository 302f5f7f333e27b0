/** Kinds of messages of the two-task layer; lib/thin/protocol/constants.js of oracledb, TNS_MSG_TYPE_*. */
export const messageType = {
  protocol: 1,
  dataTypes: 2,
  function: 3,
  error: 4,
  rowHeader: 6,
  rowData: 7,
  parameter: 8,
  status: 9,
  ioVector: 11,
  lobData: 14,
  describeInfo: 16,
  piggyback: 17,
  flushOutBinds: 19,
  oneWayFunction: 26,
  implicitResultSet: 27,
} as const;

/** What a client can call; the same file, TNS_FUNC_*. */
export const functionCode = {
  reexecute: 4,
  fetch: 5,
  logoff: 9,
  commit: 14,
  rollback: 15,
  reexecuteAndFetch: 78,
  execute: 94,
  lobOperation: 96,
  closeCursors: 105,
  authenticatePhaseTwo: 115,
  authenticatePhaseOne: 118,
  cancelCursors: 120,
  setEndToEnd: 135,
  ping: 147,
  setSchema: 152,
  releaseSession: 163,
} as const;

/** Options of an execute call; the same file, TNS_EXEC_OPTION_*. */
export const executeOption = {
  parse: 0x1,
  bind: 0x8,
  define: 0x10,
  execute: 0x20,
  fetch: 0x40,
  commit: 0x100,
  describe: 0x2_0000,
  batchErrors: 0x8_0000,
} as const;

/** Options of a repeated execute call. */
export const reexecuteOption = { commit: 0x1 } as const;

/** Directions in an I/O vector; the same file, TNS_BIND_DIR_*. */
export const bindDirection = { out: 16, in: 32, inOut: 48 } as const;

/** Bits of the status at the end of a call; the same file, TNS_EOCS_FLAGS_*. */
export const callStatus = { transactionInProgress: 0x2 } as const;

/** Which attributes of a client a piggyback brings; the same file, TNS_END_TO_END_*. */
export const endToEnd = { clientIdentifier: 0x1 } as const;

/** Operations on LOBs; the same file, TNS_LOB_OP_*. */
export const lobOperation = {
  read: 0x2,
  write: 0x40,
  createTemporary: 0x110,
  freeTemporary: 0x111,
  getChunkSize: 0x4000,
} as const;
