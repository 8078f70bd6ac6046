// What a due still lacks, in words: its legs, and of one that came in part how many rows.

import { type Schema } from '../client/call';
import { words } from './i18n.svelte';

export const t = words({
  phone: ['điện thoại', 'the telephone'],
  file: ['tệp', 'the file'],
  lackingRows: ['{0} chưa đủ (thiếu {1} dòng)', '{0} in part ({1} rows missing)'],
});

export function lackingOf(due: Pick<Schema['CampaignDue'], 'lacking' | 'phone' | 'file'>): string[] {
  return due.lacking.map((name) => {
    const leg = name as 'phone' | 'file';
    const rows = due[leg]?.first === undefined ? (due[leg]?.missing_rows.length ?? 0) : 0;
    return rows > 0 ? t('lackingRows', t(leg), rows) : t(leg);
  });
}
