import { describe, expect, it } from "vitest";
import { decimalText, parseDecimal, unitsAt } from "../src/decimals.ts";
import { dateType, decimalType, momentType, moneyType, oldMomentType } from "../src/exact-types.ts";
import { dayText, momentOfDate, momentValue, parseMoment, timeText } from "../src/moments.ts";
import { textFacts } from "../src/text-facts.ts";

const hex = (encoded: unknown) => (encoded as { readonly bytes: Buffer }).bytes.toString("hex");

describe("decimals", () => {
  it.each([
    ["0", 0, "0"],
    ["1.50", 2, "1.50"],
    ["-0.0000000001", 10, "-0.0000000001"],
    ["12345678901234567890123456789.012345678", 9, "12345678901234567890123456789.012345678"],
    ["1e3", 0, "1000"],
    ["1.5e-3", 4, "0.0015"],
    [".5", 1, "0.5"],
    ["+7.", 0, "7"],
  ])("reads %s exactly", (text, scale, expected) => {
    const found = parseDecimal(text);
    expect(found && decimalText(unitsAt(found, 38, scale), scale)).toBe(expected);
  });

  it.each(["", ".", "-", "1,5", "0x10", "one", "1e", "NaN", "1e99999"])("does not take %j for one", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it("refuses digits that would be rounded off, and more than fit", () => {
    expect(() => unitsAt({ units: 123n, scale: 2 }, 38, 1)).toThrow("more than 1 digits behind");
    expect(unitsAt({ units: 120n, scale: 2 }, 38, 1)).toBe(12n);
    expect(() => unitsAt({ units: 12_345n, scale: 0 }, 4, 0)).toThrow("more than 4 digits before");
  });

  it("are written as the protocol lays them out", () => {
    expect(hex(decimalType(38, 10).validate("-1.5"))).toBe("0000d6117e030000000000000000000000");
    expect(hex(decimalType(5, 2).validate("123.45"))).toBe("0139300000");
    expect(hex(moneyType("money").validate("-1.0000"))).toBe("fffffffff0d8ffff");
    expect(hex(moneyType("smallmoney").validate("1"))).toBe("10270000");
    expect(() => moneyType("smallmoney").validate("214748.3648")).toThrow("does not fit");
    expect(() => decimalType(5, 2).validate("one")).toThrow("not a decimal");
  });
});

describe("moments", () => {
  it.each([
    ["0001-01-01T00:00:00.000Z", 0, 0n],
    ["1970-01-01T00:00:00.001Z", 719_162, 10_000n],
    ["9999-12-31T23:59:59.999Z", 3_652_058, 863_999_990_000n],
  ])("counts %s", (text, day, ticks) => {
    expect(momentOfDate(new Date(text))).toEqual({ day, ticks });
    expect((momentValue(day, ticks, 7) as Date).toISOString()).toBe(text);
  });

  it("keeps all seven digits in text where a Date cannot", () => {
    expect(momentValue(719_162, 1n, 7)).toBe("1970-01-01 00:00:00.0000001");
    expect(momentValue(719_162, 10n, 6, "Z")).toBe("1970-01-01 00:00:00.000001Z");
    expect(timeText(863_999_999_999n, 7)).toBe("23:59:59.9999999");
    expect(timeText(0n, 0)).toBe("00:00:00");
    expect(dayText(0)).toBe("0001-01-01");
  });

  it.each([
    ["2024-02-29", { day: 738_944, ticks: 0n }],
    ["2024-02-29T10:11:12.1234567", { day: 738_944, ticks: 366_721_234_567n }],
    ["10:11", { day: 693_595, ticks: 366_600_000_000n }],
    ["2024-02-29 01:00:00 +02:00", { day: 738_943, ticks: 828_000_000_000n, offset: 120 }],
    ["2024-02-29 23:30:00-0100", { day: 738_945, ticks: 18_000_000_000n, offset: -60 }],
    ["2024-02-29T10:11:12.123456700Z", { day: 738_944, ticks: 366_721_234_567n, offset: 0 }],
  ])("reads %s", (text, expected) => {
    expect(parseMoment(text)).toEqual(expected);
  });

  it.each([
    "",
    "2024-02-30",
    "24:00",
    "10:60",
    "0000-01-01",
    "yesterday",
    "2024-2-1",
    "10:11:12.12345678",
    "10:00 +15:00",
    "Z",
  ])("refuses %j", (text) => {
    expect(() => parseMoment(text)).toThrow();
  });

  it("are written as the protocol lays them out", () => {
    expect(hex(dateType.validate("0001-01-02"))).toBe("010000");
    expect(hex(momentType("time", 0).validate("00:00:01"))).toBe("010000");
    expect(hex(momentType("datetime2", 7).validate("0001-01-01 00:00:00.0000001"))).toBe("0100000000000000");
    expect(hex(momentType("datetime2", 3).validate("0001-01-01 23:59:59.9996"))).toBe("00000000010000");
    expect(hex(momentType("datetimeoffset", 0).validate("0001-01-02 00:00:00+01:00"))).toBe("7043010000003c00");
    expect(hex(oldMomentType("datetime").validate("1900-01-01 00:00:00.0033333"))).toBe("0000000001000000");
    expect(hex(oldMomentType("smalldatetime").validate("1900-01-02 00:01:29"))).toBe("01000100");
    expect(() => oldMomentType("smalldatetime").validate("2080-01-01")).toThrow("1900 to 2079");
    expect(() => oldMomentType("datetime").validate("1752-12-31")).toThrow("1753");
  });

  it("are refused where rounding would lead past the last day", () => {
    const last = "9999-12-31 23:59:59.9999999";
    expect(hex(momentType("datetime2", 7).validate(last))).toBe("ffbf692ac9dab937");
    expect(() => momentType("datetime2", 6).validate(last)).toThrow("years 1 to 9999");
    expect(() => oldMomentType("datetime").validate(last)).toThrow("9999");
    expect(() => oldMomentType("smalldatetime").validate("2079-06-06 23:59:30")).toThrow("2079");
  });
});

describe("what a text tells about itself", () => {
  it.each([
    ["select 1", 0, true, true],
    ["select @p1, @P2", 2, true, true],
    ["select @p2", 2, false, true],
    ["select '@p1', [@p1], \"@p1\" /* @p1 /* nested */ @p1 */ -- @p1", 0, true, true],
    ["select @p12345", 12_345, false, true],
    ["select @price, @p1x, @@p1", 0, true, true],
    ["insert t values (@p1); ", 1, true, true],
    ["insert t values (@p1); select 1", 1, true, false],
    ["declare @x int", 0, true, false],
    ["select @p1 as a into #t insert into #t values (@p2)", 2, true, false],
    ["insert into t select @p1 as a", 1, true, true],
    [
      "merge into t using u on 1 = 0 when not matched then insert values (@p1) output inserted.a into #t;",
      1,
      true,
      true,
    ],
    ["with c as (select 1 a) select a from c", 0, true, true],
    ["select 'it''s @p1', @p1", 1, true, true],
  ])("%s", (text, parameters, everyOneUsed, single) => {
    expect(textFacts(text)).toMatchObject({ parameters, everyOneUsed, single, nocount: false });
  });

  it.each([
    ["set nocount on", true],
    ["SET NoCount ON; update t set a = 1", true],
    ["select 'set nocount on' as a, [nocount] /* nocount */ -- nocount", false],
  ])("%s", (text, nocount) => {
    expect(textFacts(text).nocount).toBe(nocount);
  });
});
