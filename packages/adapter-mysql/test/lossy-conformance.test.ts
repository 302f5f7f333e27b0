import { registerConformance } from "./support/suites.ts";

// InnoDB's own repeatable read, as MySQL and older servers of MariaDB have it.
registerConformance({ snapshotIsolation: false });
