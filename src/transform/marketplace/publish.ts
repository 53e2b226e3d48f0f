import type { PublishRule, UpdateRules } from '../../core/godatafeed.js';
import type { MarketplaceLink, MarketplaceUpdate } from '../../core/marketplace.js';

/** In `to` of a rule, and in maps: every marketplace. */
export const ANY = 'any';

/**
 * Whether an update goes to a marketplace order. The first rule that decides counts; without one it goes only where
 * the order came from.
 */
export function isPublished(
  kind: MarketplaceUpdate['kind'],
  to: MarketplaceLink,
  tags: readonly string[],
  rules: readonly PublishRule[],
): boolean {
  for (const rule of rules) {
    if (rule.to !== ANY && !sameName(rule.to, to.marketplace)) continue;
    if (rule.update !== null && rule.update !== kind) continue;
    const decided = holds(rule, tags) ? rule.publish : rule.otherwise;
    if (decided !== null) return decided;
  }
  return to.origin;
}

/** The tags of an order: those of the marketplace it came from, by default its name without spaces. */
export function tagsOf(origin: MarketplaceLink, { tags }: Pick<UpdateRules, 'tags'>): readonly string[] {
  const { marketplace } = origin;
  if (marketplace === null) return [];
  return entryOf(tags, marketplace) ?? [marketplace.replaceAll(' ', '')];
}

/** The entry of a marketplace; names are compared without case. */
export function entryOf<T>(map: Readonly<Record<string, T>>, marketplace: string | null): T | undefined {
  return Object.entries(map).find(([name]) => sameName(name, marketplace))?.[1];
}

function sameName(one: string, other: string | null): boolean {
  return one.trim().toLowerCase() === other?.trim().toLowerCase();
}

function holds({ tagContains }: PublishRule, tags: readonly string[]): boolean {
  if (tagContains === null) return true;
  const text = tagContains.toLowerCase();
  return tags.some((tag) => tag.toLowerCase().includes(text));
}
