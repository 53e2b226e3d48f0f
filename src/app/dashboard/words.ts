import { describeDuration, fromUtcText } from '../../core/time.js';
import type { Level } from '../../engine/health.js';
import { type Html, html } from './html.js';

/** What a level is called, beside its colour and sign. */
const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  quiet: 'quiet',
  good: 'well',
  look: 'needs a look',
  wrong: 'wrong',
};
const LEVEL_SIGNS: Readonly<Record<Level, string>> = { quiet: '○', good: '✓', look: '!', wrong: '✕' };

/** Colour, sign and word. */
export function levelBadge(level: Level): Html {
  return html`<span class="badge ${level}"><span aria-hidden="true">${LEVEL_SIGNS[level]}</span> ${LEVEL_WORDS[level]}</span>`;
}

const STATE_LEVELS: Readonly<Record<string, Level>> = {
  delivered: 'good',
  done: 'good',
  closed: 'good',
  frozen: 'quiet',
  held: 'look',
  aside: 'look',
  gone: 'look',
  failed: 'wrong',
};

/** A state of the ledger in its own word. */
export function stateBadge(state: string): Html {
  return html`<span class="badge ${STATE_LEVELS[state] ?? 'plain'}">${state}</span>`;
}

/** `3 min`; of nothing a dash. */
export function age(ms: number | null): string {
  return ms === null ? '–' : describeDuration(ms);
}

/** `12 min ago`, with the instant itself. */
export function ago(utc: string | null, now: number): Html {
  if (utc === null) return html`<span class="none">never</span>`;
  const ms = Math.max(0, now - fromUtcText(utc));
  return html`<time datetime="${utc.replace(' ', 'T')}Z" title="${utc.slice(0, 19)} UTC">${describeDuration(ms)} ago</time>`;
}

/** `2026-11-21 04:08 UTC`. */
export function instant(utc: string | null): Html {
  if (utc === null) return html`<span class="none">–</span>`;
  return html`<time datetime="${utc.replace(' ', 'T')}Z">${utc.slice(0, 16)}</time>`;
}

/** `1,204`. */
export function amount(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en-US');
}
