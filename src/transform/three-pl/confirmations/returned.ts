import { z } from 'zod';
import { OTHER_FIELDS } from '../../../core/new-order.js';
import { RETURN_STATUSES, type ReturnPolicy } from '../../../core/returned.js';
import { type Faults, oneOf, type Path } from '../faults.js';

const POLICIES = ['record', 'return-order'] as const;

const ID = z.int().min(1, 'an id of Exigo is a whole number from 1').max(2_147_483_647).optional();

const RULES = z.strictObject({
  as: z.enum(POLICIES),
  status: z.enum(RETURN_STATUSES).default('Accepted'),
  priceType: ID,
  warehouse: ID,
  shipMethod: ID,
  shipping: z.enum(['keep', 'refund']).default('keep'),
  keyField: z.enum(OTHER_FIELDS).default('other20'),
});

/** What becomes of goods that came back: a bare word, or a map. Left out: they are noted. Undefined after noting faults. */
export function readReturned(raw: unknown, path: Path, faults: Faults): ReturnPolicy | undefined {
  if (raw === undefined) return { as: 'record' };
  if (typeof raw === 'string' && !POLICIES.some((policy) => policy === raw)) {
    faults.add(path, oneOf(raw, POLICIES));
    return undefined;
  }
  const before = faults.count;
  const rules = faults.read(RULES, typeof raw === 'string' ? { as: raw } : raw, path);
  if (rules === undefined) return undefined;
  if (rules.as === 'record') {
    const more =
      typeof raw === 'object' && raw !== null ? Object.keys(raw).filter((key) => key !== 'as') : [];
    for (const key of more) faults.add([...path, key], 'goes with as: return-order alone');
    return faults.count > before ? undefined : { as: 'record' };
  }
  const { status, shipping, keyField, priceType = null, warehouse = null, shipMethod = null } = rules;
  return { as: 'return-order', status, priceType, warehouse, shipMethod, shipping, keyField };
}
