const fixed = /^([+-])(\d\d):(\d\d)$/;

/** What the local times of a session are, which the server gives a TIMESTAMP in. The login makes it UTC, and the server tells each change. */
export class SessionZone {
  /** `"+00:00"`; `undefined` for a name, whose hours that come twice cannot be told apart. */
  offset: string | undefined = "+00:00";

  get isUtc(): boolean {
    return this.offset === "+00:00";
  }

  /** The session's `time_zone` is another one. */
  changed(name: string): void {
    if (/^(?:utc|[+-]00:00)$/i.test(name)) this.offset = "+00:00";
    else this.offset = fixed.test(name) ? name : undefined;
  }
}
