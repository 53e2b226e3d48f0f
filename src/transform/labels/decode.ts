import { RenderError } from '../../core/hand-over.js';
import type { Label } from '../../core/label.js';

const HTML =
  /^(?:\ufeff)?\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html|head|body|style|div|table|img|p|svg|h\d)\b/i;
const ZPL = /^(?:\ufeff)?\s*(?:[~^][A-Z]{2}[^~^]*)*?\^XA/;

/**
 * A label as a column has it: Base64 of a PDF, of HTML or of ZPL, perhaps as a data URL; ZPL may also stand as it is. What it is
 * is told by its first bytes, never by a name. Throws RenderError.
 */
export function decodeLabel(text: string, maxBytes: number): Label {
  const trimmed = text.trim();
  return checkedLabel(ZPL.test(trimmed) ? Buffer.from(trimmed, 'utf8') : fromBase64(trimmed), maxBytes);
}

/** A label as it stands in a file, told by its first bytes in the same way. Throws RenderError. */
export function checkedLabel(given: Uint8Array, maxBytes: number): Label {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.byteLength > maxBytes) {
    throw new RenderError(
      'LABEL_TOO_LARGE',
      `the shipping label has ${bytes.byteLength} bytes, ${maxBytes} are allowed`,
    );
  }
  const start = bytes.toString('latin1', 0, 1_024);
  if (start.includes('%PDF-')) {
    if (!bytes.toString('latin1', Math.max(0, bytes.byteLength - 1_024)).includes('%%EOF')) {
      throw bad('it begins as a PDF and has no end: it was cut short');
    }
    return { kind: 'pdf', bytes };
  }
  if (ZPL.test(start)) {
    if (!bytes.toString('latin1').includes('^XZ'))
      throw bad('it begins as ZPL and has no ^XZ: it was cut short');
    return { kind: 'zpl', bytes };
  }
  if (HTML.test(bytes.toString('utf8', 0, 8_192))) return { kind: 'html', bytes };
  throw bad(`it is neither PDF, HTML nor ZPL, it begins with ${bytes.toString('hex', 0, 8)} (hexadecimal)`);
}

/** How many labels a ZPL text prints. */
export function zplLabels(bytes: Uint8Array): number {
  return Buffer.from(bytes).toString('latin1').split('^XZ').length - 1;
}

function fromBase64(text: string): Buffer {
  const bare = text
    .replace(/^data:[\w.+-]+\/[\w.+-]+(?:;charset=[\w-]+)?;base64,/i, '')
    .replace(/[\r\n\t]+/g, '');
  const standard = bare.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  // Node decodes what it can and drops the rest: only what is Base64 from end to end is a label.
  if (standard === '' || !/^[A-Za-z0-9+/]+$/.test(standard) || standard.length % 4 === 1) {
    throw bad('it is no Base64');
  }
  return Buffer.from(standard, 'base64');
}

function bad(reason: string): RenderError {
  return new RenderError('BAD_LABEL', `the shipping label cannot be used: ${reason}`);
}
