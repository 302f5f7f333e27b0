export { codegen } from "./codegen/codegen.ts";
export type { CodegenOptions } from "./codegen/codegen-options.ts";
export type { GeneratedModule } from "./codegen/write-module.ts";
export { type DoctorOptions, doctor, type Finding, type FindingLevel } from "./doctor/doctor.ts";
