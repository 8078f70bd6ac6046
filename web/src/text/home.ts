// Words of the first page.

import { words } from './i18n.svelte';

export const t = words({
  noGrant: [
    'Tài khoản này chưa được phân quyền. Hãy liên hệ quản trị viên.',
    'This account has no role yet. Ask an administrator.',
  ],
  reportsWait: ['báo cáo chờ duyệt', 'reports wait for a decision'],
  lettersWait: ['thư chờ', 'letters wait'],
});
