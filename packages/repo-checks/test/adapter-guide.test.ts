import { expect, it } from "vitest";
import { interfaceMembers, reexportedNames } from "../src/interface-members.ts";
import { filesBelow, read } from "../src/repository.ts";

const folder = "packages/core/src/driver";
const guide = read("docs/write-your-own-adapter.md");
/** What stands in its code, in lines and in blocks. */
const code = guide.match(/```[\s\S]*?```|`[^`\n]+`/g) ?? [];
const named = new Set(code.join(" ").match(/[A-Za-z_$][\w$]*/g));

it("names everything that an adapter can import of the driver interface, and each member of it", () => {
  const exported = new Set(reexportedNames(`${folder}/index.ts`, read(`${folder}/index.ts`)));
  expect(exported.size).toBeGreaterThan(50);
  const members = filesBelow(folder, ".ts")
    .flatMap((path) => interfaceMembers(path, read(path)))
    .filter(({ name }) => exported.has(name))
    .flatMap(({ name, members }) => members.map((member) => [`${name}.${member}`, member] as const));
  expect(members.length).toBeGreaterThan(100);
  const wanted = [...[...exported].map((name) => [name, name] as const), ...members];
  expect(wanted.filter(([, word]) => !named.has(word)).map(([place]) => place)).toEqual([]);
});
