import { SecretError, sealedSecrets } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { errorOf } from "./support/shops.ts";

const k1 = "11".repeat(32);
const k2 = Buffer.alloc(32, 2);
const owner = { tenant: "acme", field: "password" };

describe("sealed secrets", () => {
  it("open for what they were sealed for, and for nothing else", async () => {
    const secrets = sealedSecrets({ keys: { current: "k1", k1 } });
    const sealed = await secrets.seal("sesame, öffne dich", owner);
    expect(sealed).toMatch(/^mdb1\.k1(\.[\w-]+){4}$/);
    expect(await secrets.open(sealed, owner)).toBe("sesame, öffne dich");
    expect(await secrets.seal("sesame, öffne dich", owner)).not.toBe(sealed);
    const others = [
      { ...owner, tenant: "bolt" },
      { ...owner, field: "token" },
      { tenant: 'acme","password', field: "" },
    ];
    for (const other of others) expect(await errorOf(() => secrets.open(sealed, other))).toBeInstanceOf(SecretError);
    const elsewhere = sealedSecrets({ keys: { current: "k1", k1 }, scope: "other" });
    expect(await errorOf(() => elsewhere.open(sealed, owner))).toBeInstanceOf(SecretError);
    expect(await secrets.open(await secrets.seal("", owner), owner)).toBe("");
  });

  it("notice every change of theirs", async () => {
    const secrets = sealedSecrets({ keys: { current: "k1", k1 } });
    const sealed = await secrets.seal("sesame", owner);
    const parts = sealed.split(".");
    for (let index = 2; index < parts.length; index++) {
      const bytes = Buffer.from(parts[index] ?? "", "base64url");
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      const changed = parts.with(index, bytes.toString("base64url")).join(".");
      const error = await errorOf(() => secrets.open(changed, owner));
      expect(error).toBeInstanceOf(SecretError);
      expect(error.message).not.toContain("sesame");
    }
    for (const text of ["", "sesame", "mdb1.k1.a.b.c.d", sealed.slice(0, -20).split(".").slice(0, 5).join(".")]) {
      expect(await errorOf(() => secrets.open(text, owner))).toBeInstanceOf(SecretError);
    }
  });

  it("are sealed anew after a key was added, and say which key is missing", async () => {
    const before = sealedSecrets({ keys: { current: "k1", k1 } });
    const sealed = await before.seal("sesame", owner);
    const both = sealedSecrets({ keys: { current: "k2", k1, k2 } });
    const again = await both.reseal(sealed, owner);
    expect([both.keyOf(sealed), both.keyOf(again)]).toEqual(["k1", "k2"]);
    const after = sealedSecrets({ keys: { current: "k2", k2 } });
    expect(await after.open(again, owner)).toBe("sesame");
    expect((await errorOf(() => after.open(sealed, owner))).message).toContain('the key "k1" is missing');
  });

  it("ask a key service once for each data key, and again after it failed", async () => {
    let asked = 0;
    let isDown = false;
    const service = {
      wrap: async (key: Uint8Array) => ({ key: "kms", wrapped: key.map((it) => it ^ 7) }),
      async unwrap(_: string, wrapped: Uint8Array) {
        asked++;
        if (isDown) throw new Error("the service is down");
        return wrapped.map((it) => it ^ 7);
      },
    };
    const secrets = sealedSecrets({ service });
    const sealed = await secrets.seal("sesame", owner);
    for (let round = 0; round < 3; round++) expect(await secrets.open(sealed, owner)).toBe("sesame");
    expect(asked).toBe(1);
    isDown = true;
    const other = await secrets.seal("sesame", owner);
    expect(await errorOf(() => secrets.open(other, owner))).toMatchObject({
      code: "MDB_SECRET",
      cause: { message: "the service is down" },
    });
    isDown = false;
    expect(await secrets.open(other, owner)).toBe("sesame");
  });

  it("refuse keys that are none, without showing them", () => {
    expect(() => sealedSecrets({})).toThrow('give either "keys" or "service"');
    expect(() => sealedSecrets({ keys: { current: "k3", k1 } })).toThrow('names the key "k3"');
    expect(() => sealedSecrets({ keys: { current: "k1", k1: "swordfish" } })).toThrow(/"k1" must be 32 bytes/);
    expect(() => sealedSecrets({ keys: { current: "k1", k1: "swordfish" } })).not.toThrow(/swordfish/);
  });
});
