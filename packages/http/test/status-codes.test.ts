import { errorCodes, NoRowsError, UniqueViolationError } from "@nsj/mdb-core";
import { defaultStatusCodes, errorBody, httpErrorCodes } from "@nsj/mdb-http";
import { tenantErrorCodes } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";

describe("the answer for an error", () => {
  it("tells code and title, and neither message nor statement", () => {
    const error = new UniqueViolationError("orders: a secret of the table", { statement: "insert into secret" });
    expect(errorBody(error)).toEqual({
      statusCode: 409,
      code: "MDB_UNIQUE_VIOLATION",
      error: "Conflict",
      retryable: false,
    });
  });

  it("has the status code and its title that the application chose", () => {
    expect(errorBody(new NoRowsError("none"), { MDB_NO_ROWS: 410 })).toMatchObject({ statusCode: 410, error: "Gone" });
  });

  it("leaves every other error to the framework", () => {
    expect([errorBody(new Error("other")), errorBody(undefined), errorBody("text")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("knows only codes that exist", () => {
    const codes = { ...errorCodes, ...tenantErrorCodes, ...httpErrorCodes };
    expect(Object.keys(codes)).toEqual(expect.arrayContaining(Object.keys(defaultStatusCodes)));
  });
});
