import { PDFDocument } from '@cantoo/pdf-lib';
import { messageOf } from '../../core/errors.js';
import { RenderError } from '../../core/hand-over.js';

/** Pages of a PDF. Throws RenderError `BAD_LABEL` for one that cannot be read, or only with a password. */
export async function pdfPages(bytes: Uint8Array): Promise<number> {
  try {
    const document = await PDFDocument.load(bytes, { updateMetadata: false });
    return document.getPageCount();
  } catch (error) {
    throw new RenderError(
      'BAD_LABEL',
      `the shipping label cannot be used: the PDF cannot be read: ${messageOf(error)}`,
    );
  }
}
