/** Imports one package and prints how long that took. */
const [name = ""] = process.argv.slice(2);
const begun = performance.now();
await import(name);
console.log(JSON.stringify({ importMs: performance.now() - begun }));
