import { join } from "node:path";
import { root } from "./repository.ts";

/**
 * The Node.js that the workspace brings, which runs the sources as they are. The tests themselves may run on an older one, which
 * lacks a part of their syntax.
 */
export const workspaceNode: string = join(
  root,
  "node_modules/node/bin",
  process.platform === "win32" ? "node.exe" : "node",
);
