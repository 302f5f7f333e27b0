import { afterEach, describe, expect, it } from "vitest";
import { rowMapper, typeDefaults } from "../../src/types/index.ts";
import { column, conversionFailure, decoded, place } from "./mapping.ts";

const zones = ["UTC", "America/Sao_Paulo", "Asia/Kolkata"];
const ownZone = process.env["TZ"];

afterEach(() => {
  if (ownZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = ownZone;
});

function iso(type: "timestamp" | "timestamptz", text: string): string {
  return (decoded(type, text) as Date).toISOString();
}

for (const zone of zones) {
  describe(`with the process in ${zone}`, () => {
    it("a timestamp without a zone is read as UTC", () => {
      process.env["TZ"] = zone;
      expect(new Date(0).getTimezoneOffset()).toBe({ UTC: 0, "America/Sao_Paulo": 180, "Asia/Kolkata": -330 }[zone]);
      expect(iso("timestamp", "2026-11-22 12:30:45")).toBe("2026-11-22T12:30:45.000Z");
      // Midnights and hours that do not exist where clocks are put forward.
      expect(iso("timestamp", "2018-11-04 00:00:00")).toBe("2018-11-04T00:00:00.000Z");
      expect(iso("timestamp", "2018-11-04 00:30:00.5")).toBe("2018-11-04T00:30:00.500Z");
      expect(iso("timestamp", "0001-01-01 00:00:00")).toBe("0001-01-01T00:00:00.000Z");
      expect(iso("timestamp", "0099-12-31 23:59:59.999")).toBe("0099-12-31T23:59:59.999Z");
      expect(iso("timestamp", "9999-12-31 23:59:59.999999")).toBe("9999-12-31T23:59:59.999Z");
      expect(iso("timestamp", "1600-02-29 12:00:00")).toBe("1600-02-29T12:00:00.000Z");
    });

    it("a timestamp with a zone is the instant", () => {
      process.env["TZ"] = zone;
      expect(iso("timestamptz", "2026-11-22 12:30:45Z")).toBe("2026-11-22T12:30:45.000Z");
      expect(iso("timestamptz", "2026-11-22 12:30:45+00")).toBe("2026-11-22T12:30:45.000Z");
      expect(iso("timestamptz", "2026-11-22 12:30:45.123456+02")).toBe("2026-11-22T10:30:45.123Z");
      expect(iso("timestamptz", "2026-11-22 00:30:45.1-03:30")).toBe("2026-11-22T04:00:45.100Z");
      expect(iso("timestamptz", "1850-01-01 05:53:28+05:53:28")).toBe("1850-01-01T00:00:00.000Z");
      expect(iso("timestamptz", "0001-01-01 00:00:00+00")).toBe("0001-01-01T00:00:00.000Z");
      expect(iso("timestamptz", "2026-01-01T00:30:00+01:00")).toBe("2025-12-31T23:30:00.000Z");
    });

    it("a date stays the day that it is", () => {
      process.env["TZ"] = zone;
      expect(decoded("date", "2018-11-04")).toBe("2018-11-04");
      expect((decoded("date", "2018-11-04", { date: "date" }) as Date).toISOString()).toBe("2018-11-04T00:00:00.000Z");
      expect((decoded("date", "0001-01-01", { date: "date" }) as Date).toISOString()).toBe("0001-01-01T00:00:00.000Z");
      expect((decoded("date", "9999-12-31", { date: "date" }) as Date).toISOString()).toBe("9999-12-31T00:00:00.000Z");
    });
  });
}

/** Part of the message for a number, which may count anything. */
const counted = "nothing tells whether it counts seconds, milliseconds or days";

describe("a timestamp as a Date", () => {
  it("is cut to milliseconds towards the past, also before 1970", () => {
    expect(iso("timestamp", "1969-12-31 23:59:59.9999")).toBe("1969-12-31T23:59:59.999Z");
    expect(iso("timestamp", "1969-12-31 23:59:59.000999")).toBe("1969-12-31T23:59:59.000Z");
    expect(iso("timestamp", "2026-01-01 00:00:00.1234567")).toBe("2026-01-01T00:00:00.123Z");
    expect(iso("timestamp", "2026-01-01 00:00:00.05")).toBe("2026-01-01T00:00:00.050Z");
  });

  it("is the Date that the driver gives", () => {
    const date = new Date(5);
    expect(decoded("timestamp", date)).toBe(date);
    expect(decoded("timestamptz", date)).toBe(date);
  });

  it("agrees with JavaScript's own reading for every day of some years, and for years beyond four digits", () => {
    const mapper = rowMapper([column("value", "timestamp")], typeDefaults, "lower", place);
    for (const year of [1, 4, 99, 100, 400, 1582, 1900, 1970, 2000, 2024, 2026, 9999, 12_345, 100_000]) {
      const date = new Date(0);
      date.setUTCFullYear(year, 0, 1);
      for (; date.getUTCFullYear() === year; date.setUTCDate(date.getUTCDate() + 1)) {
        const day = date.toISOString().slice(0, -14).replace(/^\+0*/, "");
        expect((mapper.first([`${day} 00:00:00`]) as Date).getTime()).toBe(date.getTime());
      }
    }
  });

  it("may lie before the first year, which a Date counts as the year 0", () => {
    const iso = (text: string) => (decoded("timestamp", text) as Date).toISOString();
    expect(iso("0001-12-31 23:59:59.999 BC")).toBe("0000-12-31T23:59:59.999Z");
    expect(iso("0001-02-29 00:00:00 BC")).toBe("0000-02-29T00:00:00.000Z");
    expect(iso("0044-03-15 12:00:00 BC")).toBe("-000043-03-15T12:00:00.000Z");
    expect(iso("0400-01-01 00:00:00 BC")).toBe("-000399-01-01T00:00:00.000Z");
    expect(iso("0401-12-31 00:00:00.0019 BC")).toBe("-000400-12-31T00:00:00.001Z");
    expect(iso("4713-01-01 00:00:00 BC")).toBe("-004712-01-01T00:00:00.000Z");
    // Midnight of the first day, as it is written west of Greenwich.
    expect(decoded("timestamptz", "0001-12-31 19:03:58-04:56:02 BC")).toEqual(new Date("0001-01-01T00:00:00Z"));
  });

  it("is an error that names the option, where a Date does not have it", () => {
    const message =
      'orders (postgres): column "value" holds a timestamp that a Date cannot represent (infinity or another text); use types: { timestamp: "string" }';
    const never = [
      "infinity",
      "-infinity",
      "0000-03-15 12:00:00 BC",
      "0044-02-29 12:00:00 BC",
      "300000-03-15 12:00:00 BC",
      "0044-03-15 12:00:00  BC",
      "0044-03-15 12:00:00BC",
      "-044-03-15 12:00:00 BC",
      " BC",
      "294276-12-31 23:59:59",
      "",
      "2026-02-29 00:00:00",
      "2026-13-01 00:00:00",
      "2026-00-01 00:00:00",
      "2026-01-00 00:00:00",
      "2026-01-01 24:00:00",
      "2026-01-01 00:60:00",
      "2026-01-01 00:00:60",
      "2026-01-01 00:00:00.",
      "2026-01-01 00:00:00 ",
      "2026-01-01 00:00:00x",
      "2026-01-01 00:00",
      "2026-01-01",
      "2026-1-1 00:00:00",
      "26-01-01 00:00:00",
      "2026-01-01 0:00:000",
      "2026-01-01x00:00:00",
      "٢٠٢٦-01-01 00:00:00",
      Buffer.from("x"),
    ];
    for (const number of [5, 5n]) expect(conversionFailure("timestamp", number)).toContain(counted);
    for (const text of never) {
      expect(conversionFailure("timestamp", text)).toBe(message);
      expect(conversionFailure("timestamptz", text)).toBe(message);
    }
    for (const text of [
      "2026-01-01 00:00:00",
      "2026-01-01 00:00:00+",
      "2026-01-01 00:00:00+1",
      "2026-01-01 00:00:00+01:",
      "2026-01-01 00:00:00Zx",
      "2026-01-01 00:00:00+25",
      "2026-01-01 00:00:00+01:60",
      "2026-01-01 00:00:00+01:00:00:00",
    ]) {
      expect(conversionFailure("timestamptz", text)).toBe(message);
    }
  });
});

describe("a timestamp as text", () => {
  it("keeps what a Date does not have", () => {
    for (const text of ["2026-11-22 12:30:45.123456", "infinity", "0044-03-15 12:00:00 BC"]) {
      expect(decoded("timestamp", text, { timestamp: "string" })).toBe(text);
      expect(decoded("timestamptz", text, { timestamp: "string" })).toBe(text);
    }
  });

  it("has the same form where the driver gives a Date", () => {
    const text = (type: "timestamp" | "timestamptz", moment: string) =>
      decoded(type, new Date(moment), { timestamp: "string" });
    expect(text("timestamp", "2026-11-22T12:30:45Z")).toBe("2026-11-22 12:30:45");
    expect(text("timestamp", "2026-11-22T12:30:45.120Z")).toBe("2026-11-22 12:30:45.120");
    expect(text("timestamptz", "2026-11-22T12:30:45Z")).toBe("2026-11-22 12:30:45Z");
    expect(text("timestamp", "0001-01-01T00:00:00Z")).toBe("0001-01-01 00:00:00");
    expect(text("timestamp", "+012345-01-01T00:00:00Z")).toBe("12345-01-01 00:00:00");
    expect(conversionFailure("timestamp", 5, { timestamp: "string" })).toContain(counted);
    expect(conversionFailure("timestamptz", 5n, { timestamp: "string" })).toContain(counted);
  });
});

describe("a date", () => {
  it("is an error by option where a Date does not have it", () => {
    for (const text of [
      "infinity",
      "0000-03-15 BC",
      "0002-02-29 BC",
      "2026-02-30",
      "2026-1-1",
      "5874897-12-31",
      "2026-01-01 00:00:00",
      "",
    ]) {
      expect(conversionFailure("date", text, { date: "date" })).toBe(
        'orders (postgres): column "value" holds a date that a Date cannot represent; use types: { date: "string" }',
      );
    }
    expect(decoded("date", "infinity")).toBe("infinity");
    expect(decoded("date", "0044-03-15 BC", { date: "date" })).toEqual(new Date("-000043-03-15T00:00:00Z"));
    expect(conversionFailure("date", 2_460_000.5)).toContain(counted);
  });
});
