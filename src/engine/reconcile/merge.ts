/** A stream of ascending ids, in pages. */
export type IdPages = AsyncIterable<readonly number[]>;

interface Cursor {
  readonly pages: AsyncIterator<readonly number[]>;
  page: readonly number[];
  at: number;
}

/**
 * Ascending streams as one, each id once, in chunks of `size`: no stream is read further than a page ahead of what was
 * given, so memory does not grow with them.
 */
export async function* mergedIds(streams: readonly IdPages[], size: number): AsyncGenerator<number[]> {
  const cursors: Cursor[] = [];
  for (const stream of streams) {
    const cursor: Cursor = { pages: stream[Symbol.asyncIterator](), page: [], at: 0 };
    if (await filled(cursor)) cursors.push(cursor);
  }
  let chunk: number[] = [];
  while (cursors.length > 0) {
    const next = Math.min(...cursors.map(head));
    chunk.push(next);
    for (const cursor of [...cursors]) {
      // A stream that repeats itself where its pages meet is no reason to give an id twice.
      while (head(cursor) <= next) {
        cursor.at++;
        if (await filled(cursor)) continue;
        cursors.splice(cursors.indexOf(cursor), 1);
        break;
      }
    }
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function head({ page, at }: Cursor): number {
  return page[at] ?? Number.POSITIVE_INFINITY;
}

/** Whether there is a next id; fetches a page when the last one is used up. */
async function filled(cursor: Cursor): Promise<boolean> {
  while (cursor.at >= cursor.page.length) {
    const { done, value } = await cursor.pages.next();
    if (done === true) return false;
    cursor.page = value;
    cursor.at = 0;
  }
  return true;
}
