/** Something that is held or failed and waits. */
export interface Waits {
  readonly item_key: string;
  readonly order_id: number | null;
  readonly code: string | null;
  readonly pipeline: string;
}

const FILE_CODES = ['FILE_EXISTS', 'FILE_DIFFERS', 'PART_DIFFERS', 'FILE_HELD'];
const DEFAULT_PIPELINE = 'exigo-orders-to-3pl';

/** What happens next to something that waits, or what a person does about it; with the commands to type. */
export function remedyFor({ order_id, item_key, code, pipeline }: Waits): string {
  if (order_id === null) {
    return `look at the file of ${item_key}, then: orderferry resend <file> --reason "..."`;
  }
  const release = (as: string) =>
    `orderferry release ${order_id} --as ${as}${pipeline === DEFAULT_PIPELINE ? '' : ` --pipeline ${pipeline}`}`;
  const retry = `orderferry errors retry --order ${order_id}`;
  if (code === 'INCOMPLETE') {
    return `read again every cycle, goes by itself when it is whole; or: ${release('resend|cancel')}`;
  }
  if (FILE_CODES.includes(code ?? '')) {
    return `look at the file, then: ${release('resend')} sends it in a new one, ${release('ignore|cancel')} leaves it`;
  }
  if (code?.endsWith('AFTER_HAND_OVER')) return `a person decides: ${release('ignore|resend|cancel')}`;
  if (code === 'STATUS_REFUSED' || code === 'NOT_FOUND_IN_EXIGO' || code === 'UNEXPECTED_STATUS') {
    return `mend it in Exigo, then: ${retry}; or leave it: ${release('ignore')}`;
  }
  return `mend the cause (a newer version is looked at by itself), then: ${retry}; or: ${release('cancel')}`;
}
