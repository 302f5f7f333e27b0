import { ConfigurationError } from "../errors/index.ts";

/** The oldest Node.js that has all that the library calls; `engines` of every package says the same. */
const oldest = { major: 22, minor: 14 };

/**
 * Refuses a Node.js that is too old, before it fails at a function that it does not have. Runtimes that tell no version are let through.
 *
 * @param found - `process.versions.node`
 * @throws ConfigurationError that names the version found and the version needed
 */
export function checkNodeVersion(found: string | undefined): void {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(found ?? "") ?? [];
  if (major === undefined || Number(major) > oldest.major) return;
  if (Number(major) === oldest.major && Number(minor) >= oldest.minor) return;
  throw new ConfigurationError(
    `this is Node.js ${found}, and @nsj/mdb needs ${oldest.major}.${oldest.minor} or newer; update Node.js`,
  );
}
