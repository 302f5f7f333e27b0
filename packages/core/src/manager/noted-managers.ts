/** On `globalThis`, so that the ESM and the CommonJS copy of this package see each other's. */
const key: unique symbol = Symbol.for("@nsj/mdb/open-managers") as never;
const place = globalThis as { [key]?: Map<object, WeakRef<object>> };

/** References to the managers that were not closed; forgotten ones do not stay because of it. */
const references = (): Map<object, WeakRef<object>> => {
  place[key] ??= new Map();
  return place[key];
};

/** A manager is there. @param token - stands for it, and does not lead to it */
export function noteOpen(token: object, manager: object): void {
  references().set(token, new WeakRef(manager));
}

/** It is closed. */
export function noteClosed(token: object): void {
  references().delete(token);
}

/** Those that are there, in the order in which they were made. */
export function notedManagers(): readonly object[] {
  const open: object[] = [];
  for (const [token, reference] of references()) {
    const manager = reference.deref();
    if (manager === undefined) noteClosed(token);
    else open.push(manager);
  }
  return open;
}
