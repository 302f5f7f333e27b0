import { isMdbError, NoRowsError, UniqueViolationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";

describe("an error class that an application derives", () => {
  it("is what it derives from, under its own name", () => {
    class OrderNotFound extends NoRowsError {}
    const error = new OrderNotFound("no such order");
    expect([error.name, error.code]).toEqual(["OrderNotFound", "MDB_NO_ROWS"]);
    expect([error instanceof OrderNotFound, error instanceof NoRowsError, isMdbError(error)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(new NoRowsError("none") instanceof OrderNotFound).toBe(false);
  });

  it("is no other class of the library because of its name, which a minifier may have chosen", () => {
    const error = new (class UniqueViolationError extends NoRowsError {})("no such order");
    expect(error.name).toBe("UniqueViolationError");
    expect([error instanceof UniqueViolationError, error instanceof NoRowsError]).toEqual([false, true]);
  });
});
