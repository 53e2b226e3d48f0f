/** Something that is held or failed and waits. */
export interface Waits {
  readonly item_key: string;
  readonly order_id: number | null;
  readonly code: string | null;
  readonly pipeline: string;
}

const FILE_CODES = ['FILE_EXISTS', 'FILE_DIFFERS', 'PART_DIFFERS', 'FOLDER_DIFFERS', 'FILE_HELD'];
const STATUS_CODES = ['STATUS_REFUSED', 'NOT_FOUND_IN_EXIGO', 'UNEXPECTED_STATUS'];
const UPDATE_CODES = [
  'MARKETPLACE_REFUSED',
  'UPDATE_REFUSED',
  'NOT_CONFIRMED',
  'OTHERWISE_AT_MARKETPLACE',
  'NOT_IN_GODATAFEED',
  'UPDATE_UNPROVEN',
  'UPDATE_UNSEEN',
];
const SHIPMENT_PIPELINE = '3pl-shipments-to-exigo';
const RETURN_PIPELINE = '3pl-returns-to-exigo';
/** Answered by a file that says that more was shipped. */
const RETURN_CODES = ['RETURN_NOT_SHIPPED', 'MORE_THAN_SHIPPED'];
/** Answered by the 3PL's next file. */
const SAID_CODES = ['PARTLY_SHIPPED', 'MORE_THAN_ORDERED', 'SHIPPED_AND_CANCELED', 'SHIPPED_AND_REFUSED'];
const CANCELLATION_PIPELINE = 'exigo-cancellations-to-3pl';
const REPORT_PIPELINE = 'exigo-status-to-godatafeed';
/** Of a report of Canceled that goes when the 3PL has canceled the order. */
const NOT_FINAL_CODES = ['CANCELLATION_ASKED', 'HAND_OVER_OPEN', 'TOO_LATE'];
const END_CODES = ['TOO_LATE', 'CANCEL_REFUSED_BY_EXIGO'];
/** Of the two, an installation has one. */
const DEFAULT_PIPELINES = ['exigo-orders-to-3pl', 'exigo-api-orders-to-3pl'];
const MARKETPLACE_PIPELINE = 'godatafeed-orders-to-exigo';
const AFTER_MAKING = ['ACKNOWLEDGED_ELSEWHERE', 'CHANGED_AT_MARKETPLACE'];
/** Never canceled: that would cancel the order that is linked, at its marketplace. */
const TWICE = 'LINKED_ELSEWHERE';

/**
 * What happens next to something that waits, or what a person does about it, with the command to type. No
 * list of choices stands in a command: with a bar between them a shell would run the first one.
 */
export function remedyFor({ order_id, item_key, code, pipeline }: Waits): string {
  if (order_id === null && pipeline === MARKETPLACE_PIPELINE) return remedyForDocument(item_key, code);
  if (order_id === null && pipeline === SHIPMENT_PIPELINE) {
    return `mend the template, then: orderferry errors retry --order ${item_key}; or ask the 3PL for the row again, then: orderferry release ${item_key} --as ignore`;
  }
  if (order_id === null) {
    return `look at the file of ${item_key}, then: orderferry resend <file> --reason <text>`;
  }
  const other = DEFAULT_PIPELINES.includes(pipeline) ? '' : ` --pipeline ${pipeline}`;
  const release = (as: string) => `orderferry release ${order_id} --as ${as}${other}`;
  const retry = `orderferry errors retry --order ${order_id}`;
  if (pipeline === SHIPMENT_PIPELINE) {
    return SAID_CODES.includes(code ?? '')
      ? `goes on by itself with the 3PL's next file; to settle it by hand, set what is true in Exigo, then: ${release('ignore')}`
      : `set what is true in Exigo, then: ${retry}${other}; or leave it: ${release('ignore')}`;
  }
  if (pipeline === RETURN_PIPELINE) {
    return RETURN_CODES.includes(code ?? '')
      ? `goes on by itself when a file says that more was shipped; else settle it with the 3PL, then: ${release('ignore')}`
      : `mend it, then: ${retry}; or make the return order in Exigo by hand, then: ${release('ignore')}`;
  }
  if (pipeline === CANCELLATION_PIPELINE) {
    return remedyForCancellation(order_id, code, release, `${retry}${other}`);
  }
  if (pipeline === REPORT_PIPELINE && NOT_FINAL_CODES.includes(code ?? '')) {
    return `goes on by itself when the 3PL has canceled it; to have its marketplace told Canceled before: ${retry}${other}; not to tell it: ${release('ignore')}`;
  }
  if (code === 'CANCELLATION_ASKED') {
    return `nothing yet: its 3PL is asked to cancel it, and it goes on by itself with the answer; to settle it by hand, set what is true in Exigo, then: ${release('ignore')}`;
  }
  if (code === 'OPEN_AGAIN_TOO_LATE' && other === '') {
    return `to ship it: ${release('resend')}; else set it to Canceled in Exigo, or leave it: ${release('ignore')}`;
  }
  if (code === 'SHIPPED_AFTER_CANCELLATION') {
    return `ask the 3PL what is true, set it in Exigo, then: ${release('ignore')}`;
  }
  if (code === 'NOT_ANSWERED') {
    return 'ask the 3PL whether it has the order; it goes on by itself when a file of the 3PL says so';
  }
  if (code === 'LABEL_NOT_THERE') {
    return `goes on by itself when its label is in the folder; to give it up: ${release('cancel')}`;
  }
  if (code === 'LABEL_MAIL_UNKNOWN') {
    return `ask the 3PL whether the mail with its label came; then, to mail it once more and hand the order over: ${retry}; or give it up: ${release('cancel')}`;
  }
  if (code === 'REFUSED_BY_3PL') {
    return `mend the order in Exigo, then send it again: ${release('resend')}; or leave it: ${release('ignore')}`;
  }
  if (code === 'INCOMPLETE') {
    return `read again every cycle, goes by itself when it is whole; not to wait for it: ${release('<decision>')} (resend or cancel)`;
  }
  if (FILE_CODES.includes(code ?? '')) {
    return `look at the file; to send the order in a new one: ${release('resend')}; to leave it: ${release('<decision>')} (ignore or cancel)`;
  }
  if (code?.endsWith('AFTER_HAND_OVER')) {
    return `a person decides: ${release('<decision>')} (ignore, resend or cancel)`;
  }
  if (STATUS_CODES.includes(code ?? '')) {
    return `mend it in Exigo, then: ${retry}; or leave it: ${release('ignore')}`;
  }
  if (END_CODES.includes(code ?? '')) {
    return `stop it where it is now, tell its marketplace, then: ${release('ignore')}`;
  }
  if (UPDATE_CODES.includes(code ?? '')) {
    return `mend it in Exigo, and what changed is sent by itself; to send it again as it is: ${retry}; to leave it: ${release('ignore')}`;
  }
  return `mend the cause (a newer version is looked at by itself), then: ${retry}; or give it up: ${release('cancel')}`;
}

function remedyForCancellation(
  orderId: number,
  code: string | null,
  release: (as: string) => string,
  retry: string,
): string {
  if (code === 'NOT_ANSWERED') {
    return `ask the 3PL what became of it; it goes on by itself when a file of the 3PL says so: what it answers by word of mouth, put into its inbox as such a file; where its marketplace is to be told before: orderferry errors retry --order ${orderId} --pipeline ${REPORT_PIPELINE}`;
  }
  if (code === 'HAND_OVER_OPEN') return 'goes on by itself when the file with the order is settled';
  if (code === 'TOO_LATE' || code === 'CANCELLATION_REFUSED') {
    return `stop it at the 3PL if that is still possible, set what is true in Exigo, then: ${release('ignore')}; a later answer of the 3PL goes on by itself`;
  }
  if (code === 'OPEN_AGAIN_TOO_LATE') {
    return `to ship it, send it again with "release --as resend", without --pipeline; else set it to Canceled in Exigo, then: ${release('ignore')}`;
  }
  return `mend the cause, then: ${retry}; or tell the 3PL yourself, then: ${release('ignore')}`;
}

/** A marketplace order goes by its key, `main/1000123`. */
function remedyForDocument(key: string, code: string | null): string {
  if (AFTER_MAKING.includes(code ?? '')) {
    return `decide in Exigo whether its order stands, then: orderferry release ${key} --as ignore`;
  }
  if (code === TWICE) {
    return `it is in Exigo already, made from another order of GoDataFeed; to leave it: orderferry release ${key} --as ignore`;
  }
  return `mend the cause, then: orderferry errors retry --order ${key}; or report it Canceled: orderferry release ${key} --as cancel`;
}
