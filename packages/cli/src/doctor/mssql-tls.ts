import type { Database } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";
import type { Look } from "./look.ts";

/** What this end insists on; the server's own word (sys.dm_exec_connections) needs a right that applications seldom have. */
export function mssqlTlsLook(database: Database, timeoutMs: number): Look {
  return {
    check: "tls",
    unknown: "whether the connection is encrypted, and whether the server's certificate is checked",
    needs: "look at the options encrypt and trustServerCertificate",
    find: () => encryption(database, timeoutMs),
  };
}

async function encryption(database: Database, timeoutMs: number): Promise<readonly Symptom[]> {
  const { encrypt, trustServerCertificate } = await database.withConnection(
    async (connection) => {
      const raw = connection.raw() as { acquire?: (requester: undefined) => Promise<TediousConnection> } | undefined;
      const options = (await raw?.acquire?.(undefined))?.config?.options;
      if (options === undefined) throw new Error("the driver does not show its options");
      return options;
    },
    { reset: "auto", timeoutMs },
  );
  const check = "tls";
  if (encrypt === false)
    return [
      {
        level: "warning",
        check,
        seen: "encrypt is false",
        why: "rows can be read and changed on the way, unless the server insists",
        advice: "say encrypt: true",
      },
    ];
  if (trustServerCertificate === true)
    return [
      {
        level: "warning",
        check,
        seen: "encrypted, and trustServerCertificate is true",
        why: "somebody on the way can pose as the server",
        advice: "give the server a certificate that clients can check, and say trustServerCertificate: false",
      },
    ];
  return [{ level: "info", check, seen: "encrypted, and the server's certificate is checked" }];
}

/** What is used of the driver's connection. */
interface TediousConnection {
  readonly config?: {
    readonly options?: { readonly encrypt?: boolean | string; readonly trustServerCertificate?: boolean };
  };
}
