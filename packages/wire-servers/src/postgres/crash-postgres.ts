import pg from "pg";

/**
 * Makes a server lose every session and start anew, as after a crash: a backend that is killed the hard way leaves shared memory in doubt. Resolves
 * once the sessions are lost; the server comes back by itself, see {@link untilUp}.
 */
export async function crashPostgres(url: string): Promise<void> {
  const victim = await watched(url);
  // The server goes on for a moment until it has noticed; then it ends everybody else, and takes nobody before it has recovered.
  const witness = await watched(url);
  const { rows } = await victim.client.query("select pg_backend_pid() as pid");
  process.kill(Number(rows[0]?.["pid"]), "SIGKILL");
  await Promise.all([victim.lost, witness.lost]);
}

async function watched(url: string): Promise<{ readonly client: pg.Client; readonly lost: Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  const lost = new Promise<void>((resolve) => {
    client.on("end", resolve);
    client.on("error", () => undefined);
  });
  await client.connect();
  return { client, lost };
}

/** Resolves once a server takes connections again. */
export async function untilUp(url: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
