import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { checkServerIdentity, TLSSocket } from "node:tls";
import type { Database, PinnedConnection, QueryEvent } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";
import type { Look } from "./look.ts";

/** How to say that certificates are to be checked. */
const adviceOf: Readonly<Record<string, string>> = {
  postgres: 'say sslmode: "verify-full", with sslrootcert where the authority is your own',
  mariadb: 'say sslMode: "verify_identity", with ssl.ca where the authority is your own',
  mysql: 'say sslMode: "verify_identity", with ssl.ca where the authority is your own',
};

/** Whether somebody on the way can read along, or answer in the server's place: by this end's own socket, whatever stands at the other. */
export function socketTlsLook(database: Database, timeoutMs: number): Look {
  return {
    check: "tls",
    unknown: "whether the connection is encrypted, and whether the server's certificate is good",
    needs: "look at the options of the database",
    find: () =>
      database.withConnection(
        async (connection) => {
          const address = await addressOf(connection);
          const socket = socketOf(connection.raw());
          if (socket === undefined) throw new Error("the driver does not show its socket");
          return socketFindings(socket, address, adviceOf[database.engine] ?? "encrypt, and check the certificate");
        },
        { reset: "auto", timeoutMs },
      ),
  };
}

/** Where the library says that the connection goes to: `"db.example.org:5432"`, several with commas. */
async function addressOf(connection: PinnedConnection): Promise<string> {
  let address = "";
  const starts = channel("tracing:mdb:query:start");
  const note = (event: unknown): void => {
    const { database, target } = event as QueryEvent;
    if (database === connection.label) address = target.address;
  };
  starts.subscribe(note);
  try {
    await connection.query("select 1 as one");
  } finally {
    starts.unsubscribe(note);
  }
  return address;
}

/** What drivers show of the socket under their connection. */
function socketOf(raw: unknown): Socket | undefined {
  const { stream, connection } = (raw ?? {}) as { readonly stream?: unknown; readonly connection?: unknown };
  const found = stream ?? (connection as { readonly stream?: unknown } | undefined)?.stream;
  return typeof found === "object" && found !== null && "destroyed" in found ? (found as Socket) : undefined;
}

function socketFindings(socket: Socket, address: string, advice: string): Symptom[] {
  const check = "tls";
  const isNear = isNearby(socket);
  if (!(socket instanceof TLSSocket)) {
    if (isNear) return [];
    const seen = `the connection to ${socket.remoteAddress} is not encrypted`;
    return [
      {
        level: "warning",
        check,
        seen,
        why: "rows, and the password of a weak login, can be read and changed on the way",
        advice,
      },
    ];
  }
  const problem = problemOf(socket, address);
  const cipher = `${socket.getProtocol()}, ${socket.getCipher().name}`;
  if (problem === undefined) {
    const why = "whether a worse one would be refused is not seen from here: the options of the database say it";
    return [{ level: "info", check, seen: `encrypted (${cipher}), with a good certificate`, why }];
  }
  const seen = `encrypted (${cipher}), with a certificate that is not good, and was taken: ${problem}`;
  // On the way inside of the own machine there is nobody.
  if (isNear) return [{ level: "info", check, seen }];
  return [{ level: "warning", check, seen, why: "somebody on the way can pose as the server", advice }];
}

function isNearby({ remoteAddress }: Socket): boolean {
  return remoteAddress === undefined || /^(?:127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}

/** What a check of the certificate says, whether or not the options ask for one. */
function problemOf(socket: TLSSocket, address: string): string | undefined {
  if (!socket.authorized) return String(socket.authorizationError ?? "nobody vouches for it");
  const certificate = socket.getPeerCertificate();
  // Of several hosts it is one that has answered.
  const hosts = address.split(",").map((it) => it.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"));
  const problems = hosts.map((host) => checkServerIdentity(host, certificate));
  return problems.includes(undefined) ? undefined : problems[0]?.message;
}
