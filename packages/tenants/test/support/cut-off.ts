import type { Driver } from "@nsj/mdb-core";

/** A driver that prepares as ever, and cannot finish what is prepared while the way to the server is cut. */
export function cutOff<Options extends object>(driver: Driver<Options>, isCut: () => boolean): Driver<Options> {
  return {
    ...driver,
    connector(options, context) {
      const connector = driver.connector(options, context);
      const connect: typeof connector.connect = async (operation) => {
        const connection = await connector.connect(operation);
        const finish = connection.finishPrepared?.bind(connection);
        connection.finishPrepared = (branch, end) => {
          if (isCut()) throw new Error("the way to the server is cut");
          return finish?.(branch, end) ?? "gone";
        };
        return connection;
      };
      return Object.assign(Object.create(connector), { connect });
    },
  };
}
