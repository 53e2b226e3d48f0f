import type { OpenInboxFile } from '../../queue/ledger/inbox.js';

/** Ending of a file that is being taken; no pattern of a template matches it. */
const TAKEN = '.taken';

/** The name of a file while it is taken: of one row and no other. */
export function takenName({ name, file_id }: Pick<OpenInboxFile, 'name' | 'file_id'>): string {
  return `${name}.${file_id}${TAKEN}`;
}

/** Which row's a name of that form is, or null. */
export function takenId(name: string): number | null {
  const id = /\.(\d{1,9})\.taken$/.exec(name)?.[1];
  return id === undefined ? null : Number(id);
}
