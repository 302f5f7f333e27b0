import assert from "node:assert/strict";
import { narrowedCapabilities, serverCapabilityNames } from "@nsj/mdb-core";
import type { Case } from "./area.ts";

/** What a connection tells of its server is a part of what was declared. */
export const saysOfServer: Case = {
  name: "says of a server no more than it declares, and of one server always the same",
  async run(bench) {
    const said = (await bench.connect()).capabilities;
    for (const name of Object.keys(said ?? {}))
      assert.ok((serverCapabilityNames as readonly string[]).includes(name), name);
    const declared = { ...bench.driver.capabilities, ...bench.connector.capabilities };
    assert.deepEqual(narrowedCapabilities(declared, said), { ...declared, ...said }, "it is narrower, or the same");
    const other = await bench.connect(bench.newConnector(bench.subject.options()));
    assert.deepEqual(other.capabilities, said, "of another connector too");
  },
};

/** Core asks a server before it decides by what was announced, and by the declaration alone otherwise. */
export const announcesWhatMayLack: Case = {
  name: "names what its servers may lack, so that core asks them before it decides by it",
  async run(bench) {
    const { serverMayLack = [] } = bench.driver;
    assert.ok(serverMayLack.length === 0 || Object.isFrozen(serverMayLack), "driver.serverMayLack is frozen");
    for (const name of serverMayLack) assert.ok(serverCapabilityNames.includes(name), name);
    const said = Object.keys((await bench.connect()).capabilities ?? {});
    const silent = said.filter((name) => !(serverMayLack as readonly string[]).includes(name));
    assert.deepEqual(silent, [], "driver.serverMayLack holds what a connection says");
  },
};
