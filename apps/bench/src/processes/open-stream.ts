/** A row of the streams. */
export interface StreamedRow {
  readonly id: number;
  readonly name: string;
  readonly score: number;
}

/** Streams so many rows out of a server, so many in each batch where the contestant has batches. */
export type OpenStream = (url: string, rowCount: number, batchSize: number) => AsyncIterable<StreamedRow>;
