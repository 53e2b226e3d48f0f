import { PDFDocument } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../../../src/core/hand-over.js';
import { decodeLabel, zplLabels } from '../../../src/transform/labels/decode.js';
import { pdfPages } from '../../../src/transform/labels/pdf.js';

const MOST = 100_000;
const ZPL = '^XA\n^FO50,50^ADN,36,20^FDShip to Ann^FS\n^XZ';
const HTML = '<!DOCTYPE html><html><body><h1>Ship to Ann</h1></body></html>';
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

async function pdf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let i = 0; i < pages; i++) document.addPage([288, 432]);
  return document.save();
}

function codeOf(text: string, most = MOST): string {
  try {
    return decodeLabel(text, most).kind;
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('what a label is', () => {
  it('is told by its first bytes', async () => {
    expect(codeOf(base64(await pdf(1)))).toBe('pdf');
    expect(codeOf(base64(HTML))).toBe('html');
    expect(codeOf(base64(`\ufeff\n<!-- made by x -->\n<div>Ann</div>`))).toBe('html');
    expect(codeOf(base64(ZPL))).toBe('zpl');
  });

  it('may be ZPL as it stands, and Base64 as a data URL, with line ends, for URLs, without padding', async () => {
    expect(codeOf(ZPL)).toBe('zpl');
    expect(codeOf(`~DGR:LOGO.GRF,1,1,FF${ZPL}`)).toBe('zpl');
    const bytes = Buffer.from(await pdf(1));
    expect(codeOf(`data:application/pdf;base64,${bytes.toString('base64')}`)).toBe('pdf');
    expect(codeOf(bytes.toString('base64').replace(/(.{76})/g, '$1\r\n'))).toBe('pdf');
    expect(codeOf(bytes.toString('base64url'))).toBe('pdf');
  });

  it('gives back the bytes that went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), tail, Buffer.from('\n%%EOF\n')]);
        expect(Buffer.from(decodeLabel(bytes.toString('base64'), MOST).bytes).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('what is none', () => {
  it.each([
    ['text', 'see the attachment', /BAD_LABEL.*no Base64/],
    ['Base64 with a stray character', `${base64(HTML)}*`, /no Base64/],
    ['Base64 cut in the middle of a group', 'QUJDR', /no Base64/],
    ['a picture', base64(Buffer.from('89504e470d0a1a0a', 'hex')), /neither PDF, HTML nor ZPL.*89504e47/],
    ['JSON', base64('{"label": 1}'), /neither PDF/],
    ['a PDF cut short', base64('%PDF-1.7\n1 0 obj\n<<>>'), /cut short/],
    ['ZPL cut short', '^XA^FDAnn^FS', /cut short/],
    ['an error page of a server', base64('Service Unavailable'), /neither PDF/],
  ])('%s', (_name, text, says) => {
    expect(codeOf(text)).toMatch(says);
  });

  it('one that is too large', () => {
    expect(codeOf(base64(HTML), 20)).toBe(
      `LABEL_TOO_LARGE: the shipping label has ${HTML.length} bytes, 20 are allowed`,
    );
  });

  it('whatever comes, it is a label or a reason', () => {
    const isEither = (text: string) => /^(pdf|html|zpl|[A-Z_]+: .+)$/s.test(codeOf(text));
    fc.assert(fc.property(fc.string(), isEither));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isEither(base64(bytes))));
  });
});

describe('the pages of a label', () => {
  it.each([1, 3])('of a PDF: %i', async (pages) => {
    expect(await pdfPages(await pdf(pages))).toBe(pages);
  });

  it('cannot be counted of what only looks like a PDF', async () => {
    await expect(pdfPages(Buffer.from('%PDF-1.7\nnothing\n%%EOF\n'))).rejects.toMatchObject({
      code: 'BAD_LABEL',
    });
  });

  it('of ZPL are its formats', () => {
    expect(zplLabels(Buffer.from(ZPL))).toBe(1);
    expect(zplLabels(Buffer.from(`${ZPL}\n${ZPL}`))).toBe(2);
  });
});
