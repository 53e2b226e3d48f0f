/** The engine works on the ledger through the functions of this room; it needs no more of the database than this. */
export type { Answer, Database, Request, Session } from '../../db/database.js';
export { isDuplicateKey } from '../../db/database.js';
