import { resolve } from 'node:path';
import type { ConfirmationFile, Confirmations } from '../../../core/confirmation.js';
import { nameMatcher } from './file-name.js';
import { fileReader } from './read.js';
import type { ConfirmationKind, ConfirmationSection } from './section.js';

/** Compiles a `confirmations` section once; what comes out is pure. `baseDirectory` is what its folder is relative to. */
export function makeConfirmations(section: ConfirmationSection, baseDirectory: string): Confirmations {
  return {
    inbox: { kind: 'folder', path: resolve(baseDirectory, section.folder) },
    files: section.files.map(confirmationFile),
    parcels: section.parcels,
  };
}

function confirmationFile(kind: ConfirmationKind): ConfirmationFile {
  const { name, ready, columns } = kind;
  return {
    name,
    ready,
    references: columns.order.references,
    matches: nameMatcher(kind.match, ready.kind === 'trigger' ? ready.ending : null),
    read: fileReader(kind),
  };
}
