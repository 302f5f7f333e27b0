import type { ForeignOptions } from "@nsj/mdb-core";

const inPlace = "it belongs into the definition of a place: resolve: (id) => postgres({ pool: { ... } })";
const budget = { name: "connections", note: 'of all tenants together; for each of them "perTenant.connections"' };

/** What people write for tenants who have had a pool for each of them, with what is written here. */
export const foreignOptions: ForeignOptions = {
  max: budget,
  poolsize: budget,
  poolmax: budget,
  maxpoolsize: budget,
  maximumpoolsize: budget,
  connectionlimit: budget,
  maxconnections: budget,
  pool: { note: inPlace },
  min: { note: inPlace },
  poolmin: { note: inPlace },
  acquiretimeoutmillis: { note: inPlace },
  connectiontimeoutmillis: { note: inPlace },
  host: { note: inPlace },
  connectionstring: { note: inPlace },
  url: { note: inPlace },
  uri: { note: inPlace },
  schema: { note: 'it belongs into a place: resolve: (id) => ({ on: "shard", schema: id })' },
  queuelimit: { name: "perTenant.waiting" },
  statementtimeoutms: { name: "perTenant.statementTimeoutMs" },
  statementtimeout: { name: "perTenant.statementTimeoutMs", note: "in milliseconds" },
  resolver: { name: "resolve" },
  lookup: { name: "resolve" },
  gettenant: { name: "resolve" },
  tenants: { name: "list", note: "all ids, for each()" },
  maxpools: { name: "open" },
  maxtenants: { name: "open" },
  maxopen: { name: "open" },
  poolttl: { name: "idleMs", note: "in milliseconds" },
  idletimeout: { name: "idleMs", note: "in milliseconds" },
  idletimeoutms: { name: "idleMs" },
  idletimeoutmillis: {
    name: "idleMs",
    note: "a tenant that nobody uses is closed; of single connections: in the definition of a place",
  },
  ttl: { name: "refreshMs", note: "in milliseconds" },
  cachettl: { name: "refreshMs", note: "in milliseconds" },
};
