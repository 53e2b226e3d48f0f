import { readdir } from 'node:fs/promises';
import type { PlaceView } from '../../core/views.js';
import { folderError } from './errors.js';

/** The folder of a 3PL as a comparison reads it. */
export function folderView(path: string): PlaceView {
  const description = `folder ${path}`;
  return {
    description,
    async names() {
      try {
        const names = await readdir(path);
        return names.filter((name) => !/(^\.|\.part$|\.manifest\.json$)/.test(name)).sort();
      } catch (error) {
        throw folderError(description, error);
      }
    },
  };
}
