import { readFileSync } from "node:fs";
import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { checkNodeVersion } from "../../src/manager/node-version.ts";

describe("the version of Node.js", () => {
  it.each(["22.13.1", "22.9.0", "22.2.0", "20.20.2", "18.19.0", "9.99.0", "v20.0.0"])("is too old at %s", (found) => {
    const message = `this is Node.js ${found}, and @nsj/mdb needs 22.14 or newer; update Node.js`;
    expect(() => checkNodeVersion(found)).toThrow(new ConfigurationError(message));
  });

  it.each(["22.14.0", "22.20.1", "23.0.0", "24.1.0", "100.0.0", "25.0.0-nightly", undefined, "a runtime of its own"])(
    "is good enough at %s",
    (found) => {
      expect(() => checkNodeVersion(found)).not.toThrow();
    },
  );

  it("that is needed is the one that the package declares", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const needed = manifest.engines.node.replace(">=", "");
    expect(() => checkNodeVersion(`${needed}.0`)).not.toThrow();
    expect(() => checkNodeVersion("0.10.0")).toThrow(`needs ${needed} or newer`);
  });
});
