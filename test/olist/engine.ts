import type { Session, Statement } from '../../src/db/database.js';
import { forEngine } from '../support/place.js';

/** A statement of the replay as the engine spells it. */
export function spelt({ engine }: Session, statement: Statement): Statement {
  return { ...statement, text: forEngine(engine, statement.text) };
}
