// What is typed for a target, and which sources could count it.

import { type Schema } from '../../client/call';

// "50", "50,5", "6.78 %" in hundredths of a percent; nothing when it is no such number.
export function hundredthsTyped(text: string): number | undefined {
  const parts = /^\s*(\d{1,3})(?:[.,](\d{1,2}))?\s*%?\s*$/.exec(text);
  return parts ? Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0')) : undefined;
}

const kindOf: Record<string, string> = { operator: 'operator', department: 'department' };

// As reports name them (docs/reports.md): who answers for the place first, operators last, then the app itself.
export function sourcesOf(bodies: Schema['CampaignBody'][], subject: string): string[] {
  const order = (body: Schema['CampaignBody']) =>
    body.kind === 'operator' ? 2 : body.answers_for.some((one) => one === subject || one.split('@')[0] === subject) ? 0 : 1;
  const sorted = [...bodies].sort((a, b) => order(a) - order(b));
  return [...sorted.map((body) => `${kindOf[body.kind] ?? 'agency'}:${body.slug}`), 'app-counter'];
}
