import type { Mutant } from "./mutant.ts";

const http = "packages/http/src";
const httpTests = "packages/http/test/tenants.test.ts";
const expressTests = "packages/express/test/tenants.test.ts";

/** Faults by which a request could get to another tenant, or to none, or wait for ever. */
export const webMutants: readonly Mutant[] = [
  {
    fault: "what a response tells comes in the context of another request on the same connection",
    file: `${http}/kept-context.ts`,
    text: "      const run = kept[context] as Run;",
    replacement: "      const run: Run = (work) => work();",
    noticedBy: [httpTests, expressTests],
  },
  {
    fault: "a claim that contradicts the host is overlooked",
    file: `${http}/tenant-of-request.ts`,
    text: "if (agreed !== undefined && agreed !== value) {",
    replacement: "if (agreed === undefined && agreed !== undefined) {",
    noticedBy: [httpTests, expressTests],
  },
  {
    fault: "a claim that cannot be read counts as none",
    file: `${http}/tenant-of-request.ts`,
    text: `    if (typeof value !== "string") throw`,
    replacement: `    if (typeof value !== "string") continue;
    if (typeof value !== "string") throw`,
    noticedBy: [expressTests],
  },
  {
    fault: "of several Host headers the first one is believed",
    file: `${http}/from-host.ts`,
    text: `if (facts.header("host").length > 1)`,
    replacement: `if (facts.header("host").length > 9)`,
    noticedBy: [expressTests],
  },
  {
    fault: "of several trusted headers the first one is believed",
    file: `${http}/from-header.ts`,
    text: "if (values.length > 1)",
    replacement: "if (values.length > 9)",
    noticedBy: [expressTests],
  },
  {
    fault: "an id that is none is a fault of the program",
    file: `${http}/tenants-of-request.ts`,
    text: "throw hasBegun ? error : refusalOf(error);",
    replacement: "throw error;",
    noticedBy: [httpTests, expressTests],
  },
  {
    fault: "a body that streams in Hono has lost its tenant",
    file: "packages/hono/src/kept-body.ts",
    text: "if (answer.body === null) return;",
    replacement: "if (answer.body !== undefined) return;",
    noticedBy: ["packages/hono/test/tenants.test.ts"],
  },
  {
    fault: "a file that streams in Nest has lost its tenant",
    file: "packages/nestjs/src/tenant-interceptor.ts",
    text: "if (answer instanceof StreamableFile) keepStreamContext(answer.getStream());",
    replacement: "if (answer instanceof StreamableFile) return answer;",
    noticedBy: ["packages/nestjs/test/tenants.test.ts"],
  },
  {
    fault: "a tenant that opens while all others are in use is closed at once, and looked up again without end",
    file: "packages/tenants/src/fleet.ts",
    text: "    const entered = settled(this.enter(id));",
    replacement: `    if (this.tenants.size > this.options.open) this.#makeRoom();
    const entered = settled(this.enter(id));`,
    noticedBy: ["packages/tenants/test/eviction.test.ts"],
  },
  {
    fault: "maintenance of a tenant begins while somebody works there",
    file: "packages/tenants/src/move.ts",
    text: "if (place !== undefined) tenant.arriving = empty;",
    replacement: "",
    noticedBy: ["packages/tenants/test/moves.test.ts"],
  },
];
