import { startPostgres } from "@nsj/mdb-wire-servers";
import { killRelays } from "./killed-relays.ts";

/**
 * `pnpm outbox-kills [messages] [kills] [without-inbox]`: three relays of an outbox, killed again and again. Exits with 1 when a message was lost, applied
 * twice or out of its key's order; with `without-inbox`, when none was applied twice.
 */
const [messages = "20000", kills = "300", without] = process.argv.slice(2);
const remembers = without !== "without-inbox";
const server = await startPostgres(["max_connections=100"]);
try {
  const startedAt = performance.now();
  const plan = { connectionString: server.url, messages: Number(messages), kills: Number(kills), remembers };
  const result = await killRelays(plan, (count) => {
    if (count % 10 === 0) say(`${count} kills, ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  });
  say(JSON.stringify({ messages: plan.messages, kills: plan.kills, ...result }));
  const isRight = result.lost + result.twice + result.outOfOrder + result.dead + result.left === 0;
  process.exitCode = (remembers ? isRight : result.twice > 0 && result.lost === 0) ? 0 : 1;
} finally {
  await server.stop();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
