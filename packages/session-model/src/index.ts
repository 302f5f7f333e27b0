export type { Ground, GroundServer } from "./ground.ts";
export { sessionsUnderRandomUse } from "./run-seeds.ts";
export { slowDriver } from "./slow-driver.ts";
