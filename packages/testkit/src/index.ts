export { blindSpots } from "./blind-spots.ts";
export type { Admin } from "./conformance/admin.ts";
export { type ConformanceOptions, conformance } from "./conformance/conformance.ts";
export type {
  ContextSample,
  ContextSql,
  EngineSql,
  Leftover,
  ProcedureSql,
  SessionSql,
} from "./conformance/engine-sql.ts";
export type { Failure, FailureBench } from "./conformance/failure.ts";
export type { CaseResult, ConformanceReport } from "./conformance/report.ts";
export type { TestContext, TestRunner } from "./conformance/runner.ts";
export type { Network, NetworkAddress, Subject, TlsOptions, Traits, WrongOptions } from "./conformance/subject.ts";
export type { TypeName, TypeNames } from "./conformance/type-names.ts";
export { daoSuite } from "./dao-suite/dao-suite.ts";
export { type FakeCall, FakeConnection } from "./fake/fake-connection.ts";
export { type FakeDriver, type FakeDriverOptions, type FakeOptions, fakeDriver } from "./fake/fake-driver.ts";
export { FakeError, type FakeFailure } from "./fake/fake-error.ts";
export { fakeSubject } from "./fake/fake-subject.ts";
export type { FakeAction, FakeMember, FakeRule } from "./fake/script.ts";
export { FakeClock } from "./fake-clock.ts";
export { ForwardingConnection } from "./forwarding-connection.ts";
export { type MiniResult, type MiniRunner, miniRunner } from "./mini-runner.ts";
export type { Mutant } from "./mutants/mutant.ts";
export { mutants } from "./mutants/mutants.ts";
export type { Direction, Ending, Fault } from "./proxy/fault.ts";
export { type FaultProxy, type FaultProxyOptions, faultProxy, type ProxyLink } from "./proxy/fault-proxy.ts";
export { type ReferenceOptions, referenceDriver } from "./reference/reference-driver.ts";
export { type ReferenceServer, referenceServer } from "./reference/reference-server.ts";
export { referenceSubject } from "./reference/reference-subject.ts";
