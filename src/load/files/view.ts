import type { PlaceView } from '../../core/views.js';
import type { RemoteFolder } from '../../files/remote-folder.js';

/** The place of a 3PL as a comparison reads it. */
export function fileView(folder: RemoteFolder): PlaceView {
  return {
    description: folder.description,
    async names() {
      const names: string[] = [];
      for await (const { name } of folder.list()) {
        if (!/(^\.|\.part$|\.manifest\.json$)/.test(name)) names.push(name);
      }
      return names.sort();
    },
  };
}
