export { type CellDifference, diffRendered, fingerprint } from './compare.js';
export { makeRouter, type RoutedThreePl } from './router.js';
export { parseTemplate, type Template } from './template.js';
export { makeThreePl } from './three-pl.js';
