import type { CodeFacts } from "./code-facts.ts";

/** The driver's own errors by their NJS number. A number that is not here is `other`. */
export const njsCodes: Readonly<Record<number, CodeFacts>> = {
  3: { kind: "lost", fatal: true }, // invalid or closed connection
  10: { kind: "unsupported" }, // unsupported data type
  11: { kind: "parameter" }, // encountered bind value and type mismatch
  12: { kind: "parameter" }, // encountered invalid bind data type
  16: { kind: "value" }, // buffer is too small for OUT binds
  44: { kind: "parameter" }, // bind object must contain one of the following keys
  55: { kind: "parameter" }, // binding by position and name cannot be mixed
  58: { kind: "parameter" }, // maxSize is too small for value
  89: { kind: "unsupported" }, // not implemented
  97: { kind: "parameter" }, // no bind placeholder with that name was found in the SQL text
  98: { kind: "parameter" }, // wrong number of bind values
  101: { kind: "auth", fatal: true }, // no credentials specified
  105: { kind: "parameter" }, // value is not a number (NaN) and cannot be used in Oracle Numbers
  107: { kind: "other" }, // invalid cursor
  115: { kind: "value" }, // value cannot be represented as an Oracle Database number
  116: { kind: "auth", fatal: true }, // password verifier type is not supported
  119: { kind: "unsupported" }, // conversion from one type to another is not supported
  123: { kind: "statement-timeout" }, // call timeout exceeded
  125: { kind: "refused", fatal: true }, // connectString cannot be empty or undefined
  138: { kind: "unsupported", fatal: true }, // connections to this database server version are not supported
  149: { kind: "parameter" }, // the bind variable placeholder cannot be used both before and after the RETURNING clause
  201: { kind: "unsupported" }, // TIMESTAMP WITH LOCAL TIME ZONE in a database whose time zone is a region
  500: { kind: "lost", fatal: true }, // connection to Oracle Database was closed or broken
  501: { kind: "lost", fatal: true }, // connection to host terminated unexpectedly
  503: { kind: "refused", fatal: true }, // connection to host could not be established
  504: { kind: "refused", fatal: true }, // proxy connection failure
  505: { kind: "refused", fatal: true }, // unable to initiate TLS connection
  506: { kind: "refused", fatal: true }, // TLS handshake failure
  507: { kind: "refused", fatal: true }, // server DN in certificate does not match the specified DN
  508: { kind: "refused", fatal: true }, // name not present in certificate
  509: { kind: "lost", fatal: true }, // invalid or incomplete packet received
  510: { kind: "connect-timeout", fatal: true }, // connection timed out
  511: { kind: "refused", fatal: true }, // connection to listener was refused
  512: { kind: "refused", fatal: true }, // invalid connection string parameters
  513: { kind: "lost", fatal: true }, // error received through in-band notification
  514: { kind: "refused", fatal: true }, // syntax error in connection string
  515: { kind: "refused", fatal: true }, // error in Easy Connect connection string
  516: { kind: "refused", fatal: true }, // no configuration directory set to search for tnsnames.ora
  517: { kind: "unknown-database", fatal: true }, // unable to find the alias in tnsnames.ora
  518: { kind: "unknown-database", fatal: true }, // service is not registered with the listener
  519: { kind: "unknown-database", fatal: true }, // SID is not registered with the listener
  520: { kind: "refused", fatal: true }, // file tnsnames.ora not found
  521: { kind: "lost", fatal: true }, // end-of-file on communication channel
  529: { kind: "refused", fatal: true }, // invalid wallet type
  530: { kind: "refused", fatal: true }, // the host addresses are incorrect or unresolvable
  533: { kind: "unsupported", fatal: true }, // the server demands native network encryption, which thin mode has not
};
