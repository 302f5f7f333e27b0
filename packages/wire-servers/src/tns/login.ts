import { OracleError } from "./engine/oracle-error.ts";
import { type LoginAnswer, PasswordLogin, readLogin } from "./protocol/login.ts";
import type { TtcReader } from "./protocol/ttc-reader.ts";

/** Whose session begins, and how. */
export interface FinishedLogin {
  /** In upper case; behind a proxy user the one whose session it is. */
  readonly user: string;
  /** The zone that the client asks for. */
  readonly timeZone: string;
  /** What the client has said of itself; nothing secret. */
  readonly facts: ReadonlyMap<string, string>;
  /** What the client is told of its session. */
  answer(session: { readonly id: number; readonly serial: number; readonly serviceName: string }): LoginAnswer;
}

const secrets = new Set(["AUTH_PASSWORD", "AUTH_SESSKEY", "AUTH_PBKDF2_SPEEDY_KEY"]);
const accepted = 0;
/** 21.3: JSON has a type, SQL has no booleans. */
const version = String((21 << 24) | (3 << 16));

/** The two messages of a login: who it is, and the proof. */
export class Login {
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #facts = new Map<string, string>();
  #user = "";
  #check: PasswordLogin | undefined;

  /** `passwords`: by upper-case user name. */
  constructor(passwords: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
  }

  /** Takes the first message and gives the challenge, for a user that does not exist too. */
  begin(reader: TtcReader): LoginAnswer {
    const { user, values } = readLogin(reader);
    this.#user = plainName(user);
    this.#note(values);
    this.#check = new PasswordLogin(this.#passwords.get(this.#user));
    return this.#check.challenge();
  }

  /** Takes the second message. @throws OracleError ORA-01017 or ORA-28150 */
  finish(reader: TtcReader): FinishedLogin {
    const { values } = readLogin(reader);
    this.#note(values);
    const proof = this.#check?.proof(values);
    if (proof === undefined) throw new OracleError(1017, "invalid username/password; logon denied");
    const client = values.get("PROXY_CLIENT_NAME");
    const user = client === undefined ? this.#user : plainName(client);
    if (!this.#passwords.has(user)) throw new OracleError(28150, "proxy not authorized to connect as client");
    return {
      user,
      timeZone: /TIME_ZONE\s*=\s*'([^']*)'/i.exec(values.get("AUTH_ALTER_SESSION") ?? "")?.[1] ?? "+00:00",
      facts: this.#facts,
      answer: ({ id, serial, serviceName }) => [
        ["AUTH_SVR_RESPONSE", proof, accepted],
        ["AUTH_VERSION_NO", version, accepted],
        ["AUTH_SC_SERVICE_NAME", serviceName, accepted],
        ["AUTH_SC_DBUNIQUE_NAME", serviceName, accepted],
        ["AUTH_SC_REAL_DBUNIQUE_NAME", `${serviceName}_1`, accepted],
        ["AUTH_DBNAME", serviceName.toUpperCase(), accepted],
        ["AUTH_INSTANCENAME", serviceName, accepted],
        ["AUTH_MAX_OPEN_CURSORS", "300", accepted],
        ["AUTH_MAX_IDEN_LENGTH", "128", accepted],
        ["AUTH_SESSION_ID", String(id), accepted],
        ["AUTH_SERIAL_NUM", String(serial), accepted],
      ],
    };
  }

  #note(values: ReadonlyMap<string, string>): void {
    // Some come as C strings, with their end.
    const plain = (text: string) => text.replace(/\0$/, "");
    for (const [key, value] of values) if (!secrets.has(key)) this.#facts.set(plain(key), plain(value));
  }
}

function plainName(name: string): string {
  return name.replaceAll('"', "").toUpperCase();
}
