export { type CodegenOptions, codegen, type GeneratedModule } from "./codegen/codegen.ts";
export { type DoctorOptions, doctor, type Finding, type FindingLevel } from "./doctor/doctor.ts";
