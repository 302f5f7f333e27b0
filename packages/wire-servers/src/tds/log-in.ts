import { SqlSession } from "./engine/session.ts";
import { SqlServerError } from "./engine/sql-server-error.ts";
import type { Login7 } from "./protocol/login7.ts";
import { environment } from "./protocol/response.ts";
import type { ResponseStream } from "./protocol/response-stream.ts";
import { scriptedError } from "./scripted-answer.ts";
import type { TdsServerCore } from "./server-core.ts";

const feature = { fedAuth: 0x02, utf8Support: 0x0a } as const;

/** Checks a login and answers it ([MS-TDS] 3.3.5.5). `undefined`: it was refused, and the connection is to be closed. */
export async function logIn(
  login: Login7,
  spid: number,
  response: ResponseStream,
  server: TdsServerCore,
  setPacketSize: (size: number) => void,
): Promise<SqlSession | undefined> {
  const refusal = await refusalOf(login, server);
  if (refusal.length > 0) {
    for (const error of refusal) response.error(error);
    response.done("done", { error: true });
    return undefined;
  }
  const database = login.database === "" ? (server.options.databases[0] ?? "master") : login.database;
  const postgres = await server.backing.take();
  greet(login, database, response, setPacketSize);
  server.loggedIn();
  return new SqlSession(spid, postgres, login, database, server);
}

async function refusalOf(login: Login7, server: TdsServerCore): Promise<readonly SqlServerError[]> {
  const scripted = server.script.answerTo("LOGIN");
  if (scripted !== undefined && "error" in scripted) return [scriptedError(scripted.error)];
  if (scripted !== undefined && "hang" in scripted) await new Promise<never>(() => {});
  const { users, accessTokens, databases } = server.options;
  const known =
    login.accessToken === undefined
      ? Object.hasOwn(users, login.userName) && users[login.userName] === login.password
      : accessTokens.includes(login.accessToken);
  const facts = { severity: 14, reach: "connection" } as const;
  const failed = new SqlServerError(18456, `Login failed for user '${login.userName}'.`, facts);
  if (!known) return [failed];
  if (login.database === "" || databases.some((it) => it.toLowerCase() === login.database.toLowerCase())) return [];
  const text = `Cannot open database "${login.database}" requested by the login. The login failed.`;
  return [new SqlServerError(4060, text, { severity: 11, reach: "connection" }), failed];
}

/** What a login that succeeds is answered with, in the order of a real server. */
function greet(login: Login7, database: string, response: ResponseStream, setPacketSize: (size: number) => void): void {
  const { tokens } = response;
  tokens.environmentText(environment.database, database, "master");
  response.info(5701, 10, 2, `Changed database context to '${database}'.`);
  tokens.collation();
  tokens.environmentText(2, "us_english", "");
  response.info(5703, 10, 1, "Changed language setting to us_english.");
  tokens.loginAcknowledged("Microsoft SQL Server");
  const packetSize = Math.min(Math.max(login.packetSize, 512), 32_767);
  tokens.environmentText(environment.packetSize, String(packetSize), String(login.packetSize));
  const features = [
    ...(login.accessToken === undefined ? [] : [{ id: feature.fedAuth, data: Buffer.alloc(0) }]),
    ...(login.utf8Support ? [{ id: feature.utf8Support, data: Buffer.from([1]) }] : []),
  ];
  if (features.length > 0) tokens.featuresAcknowledged(features);
  response.done("done");
  setPacketSize(packetSize);
}
