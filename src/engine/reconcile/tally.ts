import type { Discrepancy, Finding, Harmless } from './findings.js';

export type Subject = 'order' | 'marketplace order' | '3PL';

/** A discrepancy with what it is about: `48001`, `main/1000123`, `atlas`. */
export interface Listed {
  readonly subject: Subject;
  readonly id: string;
  readonly code: Discrepancy;
  readonly cause: string;
  readonly next: string;
}

export interface Counts {
  compared: number;
  agree: number;
  harmless: number;
  differ: number;
  /** Too few systems answered to say anything about them. */
  notCompared: number;
}

/** Counts findings, and keeps the first so many discrepancies: the rest is counted, so memory stays flat. */
export class Tally {
  readonly counts: Readonly<Record<Subject, Counts>> = {
    order: noCounts(),
    'marketplace order': noCounts(),
    '3PL': noCounts(),
  };
  readonly harmless = new Map<Harmless, number>();
  readonly differences = new Map<Discrepancy, number>();
  readonly listed: Listed[] = [];

  constructor(private readonly most: number) {}

  add(subject: Subject, id: string, finding: Finding): void {
    const counts = this.counts[subject];
    if (finding.verdict === 'not compared') {
      counts.notCompared++;
      return;
    }
    counts.compared++;
    if (finding.verdict === 'agrees') counts.agree++;
    else if (finding.verdict === 'harmless') {
      counts.harmless++;
      this.harmless.set(finding.code, (this.harmless.get(finding.code) ?? 0) + 1);
    } else {
      counts.differ++;
      this.differences.set(finding.code, (this.differences.get(finding.code) ?? 0) + 1);
      const { code, cause, next } = finding;
      if (this.listed.length < this.most) this.listed.push({ subject, id, code, cause, next });
    }
  }

  get total(): number {
    return [...this.differences.values()].reduce((sum, count) => sum + count, 0);
  }
}

function noCounts(): Counts {
  return { compared: 0, agree: 0, harmless: 0, differ: 0, notCompared: 0 };
}
