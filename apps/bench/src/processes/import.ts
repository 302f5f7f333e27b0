/** Imports one package and prints how long that took. */
const [name = ""] = process.argv.slice(2);
const before = process.cpuUsage();
const begun = performance.now();
await import(name);
const importMs = performance.now() - begun;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ importMs, cpuMs: (user + system) / 1_000 }));
