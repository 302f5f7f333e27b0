import { describe, expect, it } from "vitest";
import { bareHost, ConfigurationError, readServerUrl } from "../../src/index.ts";

const read = (text: string): URL => readServerUrl("shop", text, "shop://user:password@host/database");

function complaint(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("no complaint");
}

describe("the URL of a server", () => {
  it.each([
    ["shop://u:p@db:1/d?a=b", { hostname: "db", port: "1", username: "u", password: "p", pathname: "/d" }],
    ["shop://u%40x:p%2F%3F%23%3A@db/d", { username: "u%40x", password: "p%2F%3F%23%3A", hostname: "db" }],
    ["shop://u:p@ss@db/d", { password: "p%40ss", hostname: "db" }],
    ["shop://[::1]:7/d", { hostname: "[::1]", port: "7" }],
    ["shop:///d", { hostname: "", pathname: "/d" }],
    [" shop://db/d\n", { hostname: "db", pathname: "/d" }],
  ])("%s is read", (text, parts) => {
    expect(read(text)).toMatchObject(parts);
  });

  it.each([
    "shop://u:7#secret@db/d",
    "shop://u:7?secret@db/d",
    "shop://u:7?secret=1@db/d",
    "shop://u:7/secret@db",
    "shop://u:7@x/secret@db",
    "shop://db/d#secret",
  ])("%s, which an unencoded sign tears apart, is refused with what to write", (text) => {
    const { message, key } = complaint(() => read(text));
    expect(message).toMatch(/^shop: the URL cannot be read: .*%40 for @, %2F for \/, %3F for \? and %23 for #$/);
    expect(message).not.toMatch(/secret|7/);
    expect(key).toBe("connectionString");
  });

  it.each(["secret", "shop:secret", "shop://u:secret@db:port/d", "shop://u:secret@[db/d"])(
    "%s, which is none, is refused without being shown",
    (text) => {
      const error = complaint(() => read(text));
      expect(error.message).toBe("shop: the URL cannot be read: it is not like shop://user:password@host/database");
      expect(error.cause).toBeUndefined();
    },
  );
});

describe("a host", () => {
  it("is taken as it is, an address of IPv6 also in brackets", () => {
    expect(bareHost("shop", "db.example.org", "host")).toBe("db.example.org");
    expect(bareHost("shop", "::1", "host")).toBe("::1");
    expect(bareHost("shop", "[fe80::1%eth0]", "host")).toBe("fe80::1%eth0");
  });

  it.each(["[db]", "[::1]:5432", "::1]", "[]"])("is refused with brackets around anything else: %s", (host) => {
    expect(complaint(() => bareHost("shop", host, "server")).key).toBe("server");
  });

  it("is refused where it is more than that, without being shown", () => {
    for (const url of ["shop://u:secret@db/d", "u:secret@db", "secret?x=1"]) {
      const { message } = complaint(() => bareHost("shop", url, "host"));
      expect(message).toBe('shop: option "host" is a URL and no host; give it as "connectionString"');
    }
    expect(complaint(() => bareHost("shop", "db:5432", "host")).message).toBe(
      'shop: option "host" has a port in it; give that as "port"',
    );
  });
});
