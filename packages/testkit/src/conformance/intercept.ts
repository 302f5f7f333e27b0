import type { Connector, Driver, DriverConnection } from "@nsj/mdb-core";

/** Members that take the place of a connection's own. */
export type Overrides = Partial<Record<keyof DriverConnection, unknown>>;

/** A driver whose connections have some members of the suite's, so that a failure comes when it is wanted. */
export function intercepted(driver: Driver, overrides: (connection: DriverConnection) => Overrides): Driver {
  return {
    ...driver,
    connector: (options, environment) => interceptedConnector(driver.connector(options, environment), overrides),
  };
}

function interceptedConnector(connector: Connector, overrides: (connection: DriverConnection) => Overrides): Connector {
  return overlay(connector, {
    connect: async (context: Parameters<Connector["connect"]>[0]) => {
      const connection = await connector.connect(context);
      return overlay(connection, overrides(connection));
    },
  });
}

/** The same object with other members. Private fields work, because its own methods still run on the object itself. */
function overlay<T extends object>(object: T, members: object): T {
  return new Proxy(object, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}
