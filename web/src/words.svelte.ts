// Everything the page says, Vietnamese first. The language chosen is remembered in this browser.

import { Refused } from './api';

const words = {
  title: ['Bluezone – Cấp mã', 'Bluezone – Issue a code'],
  product: ['Bluezone', 'Bluezone'],
  subtitle: ['Cấp mã cho người mắc bệnh', 'Codes for confirmed cases'],
  otherLanguage: ['English', 'Tiếng Việt'],
  loading: ['Đang tải…', 'Loading…'],
  working: ['Đang xử lý…', 'Working…'],
  logOut: ['Đăng xuất', 'Log out'],
  loggedInAs: ['Đang đăng nhập:', 'Logged in as'],

  logIn: ['Đăng nhập', 'Log in'],
  name: ['Tên đăng nhập', 'Name'],
  password: ['Mật khẩu', 'Password'],
  next: ['Tiếp tục', 'Continue'],
  sessionEnded: [
    'Phiên làm việc đã kết thúc. Hãy đăng nhập lại.',
    'Your session has ended. Log in again.',
  ],

  secondFactor: ['Mã xác thực', 'Second factor'],
  secondFactorHelp: [
    'Mở ứng dụng xác thực trên điện thoại và nhập mã 6 số của Bluezone.',
    'Open the authenticator app on your phone and type the 6 digits for Bluezone.',
  ],
  sixDigits: ['Mã 6 số', '6 digits'],
  useRecovery: ['Dùng mã khôi phục', 'Use a recovery code'],
  useApp: ['Dùng ứng dụng xác thực', 'Use the authenticator app'],
  recoveryCode: ['Mã khôi phục', 'Recovery code'],
  recoveryHelp: [
    'Nhập một trong mười mã đã ghi lại khi thiết lập. Mỗi mã chỉ dùng được một lần.',
    'Type one of the ten codes that you wrote down at set-up. Each is good once.',
  ],
  startAgain: ['Đăng nhập lại từ đầu', 'Start again'],

  setUp: ['Thiết lập tài khoản', 'Set up your account'],
  choosePassword: ['1. Chọn mật khẩu riêng', '1. Choose your own password'],
  passwordHelp: [
    'Ít nhất 12 ký tự, không chứa tên đăng nhập. Một câu ngắn dễ nhớ là tốt nhất.',
    '12 characters or more, without your name in it. A short sentence is best.',
  ],
  newPassword: ['Mật khẩu mới', 'New password'],
  repeatPassword: ['Nhập lại mật khẩu mới', 'New password again'],
  passwordsDiffer: ['Hai mật khẩu không giống nhau.', 'The two passwords differ.'],
  connectPhone: ['2. Kết nối ứng dụng xác thực', '2. Connect an authenticator app'],
  connectHelp: [
    'Dùng ứng dụng xác thực bất kỳ trên điện thoại quét hình này, hoặc nhập khóa bên dưới.',
    'Scan this with any authenticator app on your phone, or type the key below it.',
  ],
  qrAlt: [
    'Mã QR để kết nối ứng dụng xác thực; khóa bằng chữ ở ngay bên dưới',
    'QR code for the authenticator app; the key as text follows',
  ],
  secretKey: ['Khóa', 'Key'],
  codeFromApp: ['3. Mã 6 số mà ứng dụng hiển thị', '3. The 6 digits that the app shows'],
  finishSetUp: ['Hoàn tất', 'Finish'],

  recoveryCodes: ['Mã khôi phục', 'Recovery codes'],
  recoveryKeep: [
    'Ghi lại mười mã này và cất nơi an toàn. Khi không có điện thoại, mỗi mã thay được mã 6 số một lần. Chúng sẽ không hiện lại.',
    'Write these ten codes down and keep them safe. Without your phone, each replaces the 6 digits once. They are not shown again.',
  ],
  recoveryKept: ['Tôi đã ghi lại', 'I have written them down'],
  copyAll: ['Sao chép tất cả', 'Copy all'],

  issue: ['Cấp mã mới', 'Issue a code'],
  authority: ['Đơn vị', 'Authority'],
  testType: ['Kết quả', 'Result'],
  type_confirmed: ['Dương tính (xét nghiệm khẳng định)', 'Confirmed by a test'],
  type_likely: ['Nhiều khả năng nhiễm (lâm sàng)', 'Likely (clinical)'],
  type_negative: ['Âm tính', 'Negative'],
  type_contact: ['Tiếp xúc gần (F1)', 'Close contact (F1)'],
  symptomDate: ['Ngày khởi phát triệu chứng', 'Date symptoms began'],
  symptomHelp: ['Để trống nếu không có triệu chứng.', 'Leave empty when there were none.'],
  testDate: ['Ngày xét nghiệm', 'Date of the test'],
  dateShape: ['ngày/tháng/năm', 'dd/MM/yyyy'],
  dateWrong: ['Hãy viết ngày dạng ngày/tháng/năm, ví dụ', 'Write the date as dd/MM/yyyy, for example'],
  dateAhead: ['Ngày này chưa tới.', 'That day has not come yet.'],
  dateNeeded: [
    'Cần ít nhất một trong hai ngày.',
    'At least one of the two dates is needed.',
  ],
  issueButton: ['Cấp mã', 'Issue the code'],

  yourCode: ['Mã đã cấp', 'The code'],
  readCode: [
    'Đọc mã này cho người bệnh. Họ nhập mã vào ứng dụng trên điện thoại.',
    'Read this code to the person, who types it into the app.',
  ],
  goodFor: ['Còn hiệu lực', 'Good for'],
  until: ['đến', 'until'],
  expired: ['Mã đã hết hạn. Hãy cấp mã mới.', 'The code is out of time. Issue another.'],
  expiredByYou: ['Mã đã được hủy.', 'The code has been cancelled.'],
  copy: ['Sao chép mã', 'Copy the code'],
  copied: ['Đã sao chép.', 'Copied.'],
  notCopied: [
    'Trình duyệt không cho sao chép; hãy chọn và sao chép bằng tay.',
    'The browser does not allow it; select and copy by hand.',
  ],
  expire: ['Hủy mã này', 'Cancel this code'],

  today: ['Hôm nay', 'Today'],
  issued: ['Mã đã cấp', 'Codes issued'],
  issuedByMe: ['Do tôi cấp', 'By me'],
  claimed: ['Mã đã dùng', 'Codes used'],
  invalid: ['Lần nhập sai', 'Wrong tries'],
  quotaLeft: ['Còn được cấp', 'Left to issue'],
  callbacks: ['Lời nhắn chờ', 'Messages'],
  reload: ['Cập nhật', 'Refresh'],
  paused: [
    'Mã ngắn đang tạm dừng vì có quá nhiều lần nhập sai. Hãy báo quản trị viên.',
    'Short codes are paused: too many wrong tries. Tell an administrator.',
  ],
  noRole: [
    'Tài khoản này chưa được phân quyền cấp mã ở đơn vị nào. Hãy liên hệ quản trị viên.',
    'This account may not issue codes for any authority yet. Ask an administrator.',
  ],
  noIssuer: [
    'Tài khoản này chỉ được xem số liệu của đơn vị.',
    'This account may only look at the figures of this authority.',
  ],

  refused_unreachable: [
    'Không kết nối được máy chủ. Kiểm tra mạng rồi thử lại.',
    'The server cannot be reached. Check the network and try again.',
  ],
  refused_unavailable: [
    'Máy chủ tạm thời không làm được. Hãy thử lại sau.',
    'The server cannot do this now. Try again later.',
  ],
  refused_forbidden: ['Tài khoản này không có quyền làm việc này.', 'This account may not do this.'],
  refused_missing_date: ['Cần ít nhất một ngày.', 'A date is missing.'],
  refused_invalid_date: [
    'Ngày không được sau hôm nay hoặc quá 28 ngày trước.',
    'A date may not be after today or more than 28 days ago.',
  ],
  refused_invalid_test_type: [
    'Đơn vị này không cấp mã cho loại kết quả đó.',
    'This authority issues no codes for that result.',
  ],
  refused_quota_exceeded: ['Đã hết số mã được cấp hôm nay.', 'No codes are left to issue today.'],
  refused_maintenance_mode: [
    'Máy chủ đang bảo trì. Hãy thử lại sau.',
    'The server is under maintenance. Try again later.',
  ],
  refused_code_invalid: ['Mã đã được dùng nên không hủy được.', 'The code has been used already.'],
  refused_code_not_found: ['Không còn mã này.', 'There is no such code any more.'],
} satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof words;
type Language = 'vi' | 'en';

const kKept = 'bluezone-language';

function keptLanguage(): Language {
  try {
    return localStorage.getItem(kKept) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi'; // storage is forbidden in this browser
  }
}

const state = $state<{ language: Language }>({ language: keptLanguage() });

export const language = () => state.language;

export function switchLanguage(): void {
  state.language = state.language === 'vi' ? 'en' : 'vi';
  try {
    localStorage.setItem(kKept, state.language);
  } catch {
    // Then it is forgotten with the page.
  }
}

export function t(word: Word): string {
  return words[word][state.language === 'vi' ? 0 : 1];
}

const sameMeaning: Record<string, Word> = {
  unsupported_test_type: 'refused_invalid_test_type',
  unparsable_request: 'refused_unavailable',
  internal_server_error: 'refused_unavailable',
};

// What a refusal is to the person at the page.
export function sentenceOf(refused: Refused): string {
  const sentence = state.language === 'vi' ? refused.vi : refused.en;
  const wait = refused.retryAfter;
  const after =
    wait === undefined ? '' : state.language === 'vi' ? ` (${wait} giây)` : ` (${wait} s)`;
  if (sentence) return sentence + after;
  const word = sameMeaning[refused.word] ?? `refused_${refused.word}`;
  return (word in words ? t(word as Word) : t('refused_unavailable')) + after;
}
