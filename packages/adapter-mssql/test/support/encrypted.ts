import { describe, it } from "vitest";
import { realUrl, type TestServer, useServer } from "./server.ts";

/** Registers tests on our own server over encrypted connections. A real server has run them as its URL says already. */
export function describeEncrypted(tests: (server: TestServer) => void): void {
  describe("encrypted, by TLS inside of TDS", () => {
    if (realUrl === undefined) tests(useServer({ encrypted: true }));
    else it("on a real server", (context) => context.skip("its URL says whether it is encrypted, and once is enough"));
  });
}
