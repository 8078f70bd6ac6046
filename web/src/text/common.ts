// Words of the shell and of the ten parts.

import { type Refused } from '../client/call';
import { either, language, words } from './i18n.svelte';

export const t = words({
  product: ['Bluezone', 'Bluezone'],
  subtitle: ['Chiến dịch và truy vết', 'Campaign and tracing'],
  otherLanguage: ['English', 'Tiếng Việt'],
  skip: ['Đến nội dung', 'Skip to the content'],
  menu: ['Danh mục', 'Menu'],
  loading: ['Đang tải…', 'Loading…'],
  working: ['Đang xử lý…', 'Working…'],
  logOut: ['Đăng xuất', 'Log out'],
  logIn: ['Đăng nhập', 'Log in'],
  reload: ['Tải lại', 'Load again'],
  copied: ['Đã sao chép.', 'Copied.'],
  copyFailed: [
    'Trình duyệt không cho sao chép; hãy chọn và sao chép bằng tay.',
    'The browser does not allow it; select and copy by hand.',
  ],
  findUnit: ['Tìm tỉnh, huyện, xã', 'Find a province, district, commune'],
  noUnitFound: ['Không có đơn vị nào tên như vậy.', 'No unit has such a name.'],
  workFor: ['Làm việc cho', 'Working for'],
  country: ['Cả nước', 'The country'],
  notFound: ['Không có trang này.', 'There is no such page.'],
  notFoundDo: ['Kiểm tra địa chỉ, hoặc về trang đầu.', 'Check the address, or go to the first page.'],
  toHome: ['Về trang đầu', 'To the first page'],
  broken: ['Trang này gặp lỗi.', 'Something went wrong in this page.'],

  home: ['Việc của tôi', 'My work'],
  wall: ['Bảng theo dõi', 'Wall'],
  unit: ['Đơn vị', 'Unit'],
  body: ['Cơ quan', 'Body'],
  figure: ['Số liệu', 'Figure'],
  targets: ['Mục tiêu', 'Targets'],
  registers: ['Sổ nộp báo cáo', 'Register of reports'],
  report: ['Nộp báo cáo', 'Report'],
  call: ['Nhận báo cáo qua điện thoại', 'Report by telephone'],
  inbox: ['Hộp việc', 'Inbox'],
  reconciliation: ['Đối chiếu', 'Reconciliation'],
  codes: ['Cấp mã', 'Issue codes'],
  healthAudit: ['Nhật ký cấp mã', 'Audit of codes'],
  people: ['Người dùng', 'People'],
  account: ['Tài khoản của tôi', 'My account'],
  audit: ['Nhật ký', 'Audit'],
  public: ['Bluezone cho mọi người', 'Bluezone for everybody'],
  parts: ['Các thành phần', 'The parts'],

  noData: ['chưa có số', 'no data'],
  failed: ['không tải được', 'not loaded'],
  staleSince: ['cũ từ {0}', 'stale since {0}'],
  provisional: ['tạm', 'provisional'],
  corrected: ['đã sửa', 'corrected'],
  withdrawn: ['đã rút', 'withdrawn'],
  about: ['khoảng', 'about'],
  rounded: ['làm tròn', 'rounded'],
  at_least: ['ít nhất', 'at least'],
  partial: ['một phần', 'partial'],
  illustrative: ['minh họa', 'illustrative'],
  hidden: ['ẩn vì nhỏ', 'hidden, small'],
  disputed: ['hai nguồn khác nhau', 'the two legs differ'],
  nothing: ['không phát sinh', 'nothing to report'],
  target: ['mục tiêu {0}', 'target {0}'],
  path: ['theo tiến độ {0}', 'by the path {0}'],
  rateOf: ['Đạt {0}', 'At {0}'],

  left: ['còn {0}', '{0} left'],
  over: ['quá hạn {0}', '{0} over'],
  dueNow: ['đến hạn', 'due now'],
  dueBefore: ['trước {0}', 'before {0}'],
  lateBy: ['trễ {0}', 'late by {0}'],
  lateUnder: ['trễ dưới 1 phút', 'under 1 minute late'],

  open: ['chưa đến hạn', 'open'],
  on_time: ['đúng hạn', 'on time'],
  late: ['trễ', 'late'],
  missing: ['chưa nộp', 'missing'],
  nothing_to_report: ['không phát sinh', 'nothing to report'],
  excused: ['được miễn', 'excused'],
  submitted: ['đã nộp', 'submitted'],
  accepted: ['đã nhận', 'accepted'],
  returned: ['trả lại', 'returned'],
  running: ['đang thực hiện', 'running'],
  reached: ['đã đạt', 'reached'],
  missed: ['không đạt', 'missed'],
  not_computable: ['không tính được', 'not computable'],
  live: ['trực tiếp', 'live'],
  stale: ['số cũ', 'stale'],
  alert: ['cảnh báo', 'alert'],
  agreed: ['đã đồng ý', 'agreed'],
  not_agreed: ['chưa đồng ý', 'not agreed'],
  ended: ['đã kết thúc', 'ended'],

  emptyTable: ['Chưa có dòng nào.', 'No rows yet.'],
  unfold: ['Mở {0}', 'Unfold {0}'],
  fold: ['Gập {0}', 'Fold {0}'],
  legend: ['Chú giải', 'Legend'],
  below: ['dưới {0}', 'under {0}'],
  from: ['từ {0}', '{0} or more'],
  needed: ['bắt buộc', 'needed'],

  refused_unreachable: [
    'Không kết nối được máy chủ. Kiểm tra mạng rồi thử lại.',
    'The server cannot be reached. Check the network and try again.',
  ],
  refused_unavailable: [
    'Máy chủ tạm thời không làm được. Hãy thử lại sau.',
    'The server cannot do this now. Try again later.',
  ],
  refused_forbidden: ['Tài khoản này không có quyền làm việc này.', 'This account may not do this.'],
  refused_not_logged_in: ['Bạn cần đăng nhập.', 'You need to log in.'],
  refused_maintenance_mode: [
    'Máy chủ đang bảo trì. Hãy thử lại sau.',
    'The server is under maintenance. Try again later.',
  ],
  refused_not_found: ['Không còn mục này.', 'There is no such thing any more.'],
});

export type CommonWord = Parameters<typeof t>[0];

// What a refused_… word says, first of all here; an area with words of its own adds them when it is opened.
type Say = (word: string) => string;
const known: Say[] = [t as Say];
export const addRefusals = (say: Say): void => void known.push(say);

const sameMeaning: Record<string, string> = { unsupported_test_type: 'invalid_test_type', unauthorized: 'not_logged_in' };

export function refusal(word: string): string {
  const asked = `refused_${sameMeaning[word] ?? word}`;
  for (const say of known) {
    const said = say(asked);
    if (said !== asked) return said;
  }
  return t('refused_unavailable');
}

// What a refusal is to the person at the page.
export function sentenceOf(refused: Refused): string {
  const wait = refused.retryAfter;
  const after = wait === undefined ? '' : language() === 'vi' ? ` (${wait} giây)` : ` (${wait} s)`;
  // Where the server knows the fault in English only, it says "the English sentence beside": then that follows.
  const beside = language() === 'vi' && refused.vi?.includes('tiếng Anh') ? ` ${refused.en}.` : '';
  return (either(refused.vi, refused.en) || refusal(refused.word)) + beside + after;
}
