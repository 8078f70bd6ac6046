// Words of the two audit pages: of the campaign and of the codes.

import { words } from './i18n.svelte';

export const t = words({
  help: [
    'Mỗi việc một dòng, nối thành chuỗi: sửa hay bỏ một dòng thì chuỗi đứt và kiểm tra thấy ngay.',
    'One line for each thing done, chained: to change or drop one breaks the chain, and checking shows it.',
  ],
  scope: ['Chỉ những việc trong phạm vi quyền của bạn.', 'Only what was done within your grants.'],
  verify: ['Kiểm tra cả chuỗi', 'Check the whole chain'],
  whole: ['Chuỗi nguyên vẹn: {0} dòng, dòng cuối {1}.', 'The chain is whole: {0} lines, the last {1}.'],
  broken: ['Chuỗi đã bị đứt: {0}', 'The chain is broken: {0}'],
  figure: ['Chỉ của một số liệu', 'Only of one figure'],
  figureHelp: ['Mã số liệu, ví dụ {0}; để trống: tất cả.', 'The id of a figure, such as {0}; empty: all.'],
  show: ['Xem', 'Show'],
  number: ['Dòng', 'Line'],
  time: ['Lúc', 'At'],
  actor: ['Ai', 'Who'],
  action: ['Việc', 'What'],
  subject: ['Về', 'About'],
  detail: ['Chi tiết', 'Detail'],
  none: ['Chưa có dòng nào.', 'No lines yet.'],
  older: ['Cũ hơn', 'Older'],
  entries: ['Các dòng', 'Lines'],
  authority: ['Đơn vị y tế', 'Health authority'],
});
