import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import type { TtcReader } from "./ttc-reader.ts";

/** The number of the 12c verifier: PBKDF2 with SHA-512. */
const verifier12c = 0x4815;
/** Few, because tests log in often; a real server wants 4096. */
const verifierRounds = 64;
const keyRounds = 3;

/** One entry of an answer: name, value, flags. */
export type LoginAnswer = readonly (readonly [name: string, value: string, flags: number])[];

/** What the second message of a login carries. */
export interface LoginRequest {
  readonly user: string;
  readonly values: ReadonlyMap<string, string>;
}

/** How somebody came in, for tests of what reaches the server. */
export interface RecordedLogin {
  /** The connect descriptor. */
  readonly descriptor: string;
  /** The user whose session it is. */
  readonly user: string;
  /** What the client has said of itself, by the protocol's keys; nothing secret. */
  readonly facts: ReadonlyMap<string, string>;
}

/** Reads either message of a login; `encode` in oracledb's lib/thin/protocol/messages/auth.js. */
export function readLogin(reader: TtcReader): LoginRequest {
  reader.u8();
  reader.skipIntegers(2);
  reader.u8();
  const pairs = reader.integer();
  reader.skip(2);
  const user = reader.sizedText();
  const values = new Map<string, string>();
  for (let index = 0; index < pairs; index++) {
    const key = reader.doublySizedText();
    values.set(key, reader.doublySizedText());
    reader.integer();
  }
  return { user, values };
}

/**
 * Checks a password without ever receiving it in the clear: both sides send half of a session key, encrypted by a hash of the password. The
 * counterpart is `updateVerifierData` in oracledb's lib/thin/protocol/encryptDecrypt.js.
 */
export class PasswordLogin {
  readonly #password: string;
  readonly #verifierData = randomBytes(16);
  readonly #keySalt = randomBytes(16);
  readonly #ownHalf = randomBytes(32);
  readonly #passwordHash: Buffer;

  /** `password` is `undefined` for a user that does not exist: everything then goes on as with a wrong password. */
  constructor(password: string | undefined) {
    this.#password = password ?? randomBytes(16).toString("hex");
    const salt = Buffer.concat([this.#verifierData, Buffer.from("AUTH_PBKDF2_SPEEDY_KEY")]);
    const key = pbkdf2Sync(this.#password, salt, verifierRounds, 64, "sha512");
    this.#passwordHash = createHash("sha512").update(key).update(this.#verifierData).digest().subarray(0, 32);
  }

  /** What the first message is answered with. */
  challenge(): LoginAnswer {
    return [
      ["AUTH_SESSKEY", hex(encrypt(this.#passwordHash, this.#ownHalf)), 0],
      ["AUTH_VFR_DATA", hex(this.#verifierData), verifier12c],
      ["AUTH_PBKDF2_CSK_SALT", hex(this.#keySalt), 0],
      ["AUTH_PBKDF2_VGEN_COUNT", String(verifierRounds), 0],
      ["AUTH_PBKDF2_SDER_COUNT", String(keyRounds), 0],
      ["AUTH_GLOBALLY_UNIQUE_DBID\0", hex(Buffer.alloc(16)), 0],
    ];
  }

  /** The proof that this server knows the password too, or `undefined` where the client's password is wrong. */
  proof(values: ReadonlyMap<string, string>): string | undefined {
    const theirHalf = decrypt(this.#passwordHash, Buffer.from(values.get("AUTH_SESSKEY") ?? "", "hex"));
    const halves = hex(Buffer.concat([theirHalf.subarray(0, 32), this.#ownHalf]));
    const sessionKey = pbkdf2Sync(halves, this.#keySalt, keyRounds, 32, "sha512");
    const sent = decrypt(sessionKey, Buffer.from(values.get("AUTH_PASSWORD") ?? "", "hex"));
    const padding = sent.at(-1) ?? 0;
    const password = sent.subarray(16, Math.max(16, sent.length - padding));
    const expected = Buffer.from(this.#password);
    if (password.length !== expected.length || !timingSafeEqual(password, expected)) return undefined;
    const proof = padded(Buffer.concat([randomBytes(16), Buffer.from("SERVER_TO_CLIENT")]));
    return hex(encrypt(sessionKey, proof));
  }
}

function encrypt(key: Buffer, value: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(value), cipher.final()]);
}

function decrypt(key: Buffer, value: Buffer): Buffer {
  if (value.length % 16 !== 0) return Buffer.alloc(0);
  const decipher = createDecipheriv("aes-256-cbc", key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(value), decipher.final()]);
}

function padded(value: Buffer): Buffer {
  const count = 16 - (value.length % 16);
  return Buffer.concat([value, Buffer.alloc(count, count)]);
}

function hex(value: Buffer): string {
  return value.toString("hex").toUpperCase();
}
