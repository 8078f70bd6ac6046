// Words of the page that shows every component.

import { words } from './i18n.svelte';

export const t = words({
  intro: [
    'Mười thành phần, mỗi trạng thái một lần. Số trên trang này là số bịa.',
    'The ten components, once in each state. The numbers here are made up.',
  ],
  usual: ['thường', 'usual'],
  empty: ['trống', 'empty'],
  loading: ['đang tải', 'loading'],
  stale: ['số cũ', 'stale'],
  failed: ['lỗi', 'failed'],
  marked: ['đánh dấu', 'marked'],
  handsets: ['máy đã cài', 'handsets with the app'],
  unit: ['Đơn vị', 'Unit'],
  count: ['Máy đã cài', 'Installed'],
  machines: ['máy', 'handsets'],
  rate: ['Tỷ lệ', 'Rate'],
  table: ['Các huyện', 'Districts'],
  tree: ['Ai đã làm gì', 'Who has done what'],
  map: ['Chín huyện của Trà Vinh', "Trà Vinh's nine districts"],
  field: ['Viettel', 'Viettel'],
  help: ['Số lũy kế đến 16:00 hôm nay.', 'The count up to 16:00 today.'],
  fault: ['1.5 không đọc được: viết 15 hoặc 1.500.', '1.5 cannot be read: write 15 or 1.500.'],
  warning: ['Ít hơn hôm qua. Hãy ghi lý do.', 'Fewer than yesterday. Say why.'],
  received: ['Đã nhận lúc 15:58:20, đúng hạn.', 'Received at 15:58:20, on time.'],
  late: ['Đã quá giờ nộp.', 'The deadline has passed.'],
  lateDo: ['Gọi cho người phụ trách.', 'Call whoever is in charge.'],
});
