// Words of the two audit pages: of the campaign and of the codes.

import { either, words } from './i18n.svelte';

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

// What was done, by the word under which the trail keeps it.
const kActions: Record<string, [string, string]> = {
  'code issued': ['cấp mã', 'code issued'],
  'code expired': ['hủy mã', 'code cancelled'],
  'code taken back': ['thu hồi mã', 'code taken back'],
  'role granted': ['giao vai trò', 'role granted'],
  'role taken away': ['thu lại vai trò', 'role taken away'],
  'authority changed': ['đổi thiết lập đơn vị y tế', 'authority changed'],
  'API key added': ['thêm khóa API', 'API key added'],
  'API key removed': ['bỏ khóa API', 'API key removed'],
  'revocation asked': ['đề nghị thu hồi ca', 'revocation asked'],
  'revocation approved': ['duyệt thu hồi ca', 'revocation approved'],
  'revocation handles fetched': ['lấy số hiệu thu hồi', 'revocation handles fetched'],
  'callback fetched': ['lấy lời nhắn gọi lại', 'callback fetched'],
  'body put': ['ghi cơ quan', 'body entered'],
  'post put': ['ghi chức vụ', 'post entered'],
  'task put': ['giao nhiệm vụ', 'task given'],
  'granted': ['cấp quyền', 'granted'],
  'grant ended': ['ngừng quyền', 'grant ended'],
  'figure entered': ['nhập số liệu', 'figure entered'],
  'figure corrected': ['sửa số liệu', 'figure corrected'],
  'target added': ['thêm chỉ tiêu', 'target added'],
  'target chosen': ['chọn cách đọc chỉ tiêu', "target's reading chosen"],
  'report handed in': ['nộp báo cáo', 'report handed in'],
  'report accepted': ['nhận báo cáo', 'report accepted'],
  'report returned': ['trả lại báo cáo', 'report returned'],
  'legs reconciled': ['quyết định số khi đối chiếu', 'legs reconciled'],
  'due excused': ['chấp nhận lý do trễ', 'due excused'],
  'call begun': ['bắt đầu cuộc gọi', 'call begun'],
  'call broken off': ['cuộc gọi bị ngắt', 'call broken off'],
  'mail taken': ['nhận thư', 'letter taken'],
  'mail assigned': ['chọn cơ quan cho thư', 'letter assigned'],
  'mail set aside': ['để riêng thư', 'letter set aside'],
  'consolidated report drafted': ['lập báo cáo tổng hợp', 'consolidated report drafted'],
  'import staged': ['đưa tệp vào để xem', 'import staged'],
  'import confirmed': ['nhận tệp', 'import confirmed'],
  'installs imported': ['nhận số lượt cài', 'installs imported'],
  'viewer link made': ['tạo liên kết xem', 'viewer link made'],
  'viewer link revoked': ['hủy liên kết xem', 'viewer link revoked'],
};
// A word that has none stays as it is kept.
export function nameOfAction(action: string): string {
  const known = kActions[action];
  return known ? either(known[0], known[1]) : action;
}
